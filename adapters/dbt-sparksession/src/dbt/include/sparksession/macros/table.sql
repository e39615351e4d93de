{#- A table that is built beside the old one and takes its place when it is complete. -#}
{% materialization table, adapter='sparksession', supported_languages=['sql', 'python'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set old_relation = load_relation(this) -%}
    {%- set is_replaceable = config.get('file_format') in ['delta', 'iceberg'] -%}
    {%- set is_swapped = old_relation is not none and not is_replaceable -%}
    {%- set built_relation = target_relation.incorporate(path={'identifier': this.identifier ~ '__dbt_new'})
        if is_swapped else target_relation -%}

    {{ run_hooks(pre_hooks) }}
    {%- if is_swapped -%}
        {#- What a build that was killed left. -#}
        {%- do adapter.drop_relation(built_relation) -%}
    {%- endif -%}
    {%- call statement('main', language=model['language']) -%}
        {{ create_table_as(false, built_relation, compiled_code, model['language']) }}
    {%- endcall -%}
    {%- if is_swapped -%}
        {%- do adapter.drop_relation(old_relation) -%}
        {%- do adapter.rename_relation(built_relation, target_relation) -%}
    {%- endif -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do persist_constraints(target_relation, model) -%}
    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
