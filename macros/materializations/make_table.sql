{#- Make a table, in the place of the one that is stored: a build that is killed leaves the one or the other. -#}
{% macro make_table(stored, relation, query) -%}
    {{ return(adapter.dispatch('make_table', 'segmentation')(stored, relation, query)) }}
{%- endmacro %}

{#- In the transaction of the model, which a build that fails takes back. -#}
{% macro default__make_table(stored, relation, query) -%}
    {%- if stored -%}
        {%- do adapter.ensure_transaction() -%}
        {%- do adapter.drop_relation(stored) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ create_table_as(false, relation, query) }}
    {%- endcall -%}
{%- endmacro %}

{#- There are no transactions. A build that is killed between the last two steps leaves no table, which the next one makes. -#}
{% macro spark__make_table(stored, relation, query) -%}
    {%- set is_swapped = stored is not none and config.get('file_format') not in ['delta', 'iceberg'] -%}
    {%- set made = relation.incorporate(path={'identifier': relation.identifier ~ '__dbt_new'}) if is_swapped else relation -%}
    {%- if is_swapped -%}
        {%- do adapter.drop_relation(made) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ create_table_as(false, made, query) }}
    {%- endcall -%}
    {%- if is_swapped -%}
        {%- do adapter.drop_relation(stored) -%}
        {%- do adapter.rename_relation(made, relation) -%}
    {%- endif -%}
    {%- do persist_constraints(relation, model) -%}
{%- endmacro %}
