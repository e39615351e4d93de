{#-
    Delete the rows of a table that a condition is true of, for a materialization. Plain Parquet files can't be deleted from: there the other
    rows are written again if there is anything to delete.
-#}
{% macro delete_rows(relation, condition) -%}
    {{ return(adapter.dispatch('delete_rows', 'segmentation')(relation, condition)) }}
{%- endmacro %}

{% macro default__delete_rows(relation, condition) -%}
    {%- do run_query('delete from ' ~ relation ~ ' where ' ~ condition) -%}
{%- endmacro %}

{% macro spark__delete_rows(relation, condition) -%}
    {%- if config.get('file_format') in ['delta', 'iceberg'] -%}
        {%- do run_query('delete from ' ~ relation ~ ' where ' ~ condition) -%}
    {%- elif run_query('select 1 from ' ~ relation ~ ' where ' ~ condition ~ ' limit 1').rows -%}
        {%- set kept = relation.incorporate(path={'identifier': relation.identifier ~ '__kept'}, type='table') -%}
        {%- do adapter.drop_relation(kept) -%}
        {%- do run_query('create table ' ~ kept ~ ' as select * from ' ~ relation ~ ' where (' ~ condition ~ ') is not true') -%}
        {%- do adapter.drop_relation(load_relation(relation)) -%}
        {%- do adapter.rename_relation(kept, relation.incorporate(type='table')) -%}
    {%- endif -%}
{%- endmacro %}
