{#-
    dbt's table on DuckDB, in one statement: dbt renames, drops and describes a table by a statement each, and builds the whole context of a
    macro for each of them, which takes longer than to make the table of a small shop. A build that fails leaves the table that was there.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set made = make_intermediate_relation(target_relation) -%}
    {%- set stored = segmentation.drop_if_other(load_cached_relation(this), 'table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {#- Under another name first: a model may read what it stored before. -#}
    {%- set swap -%}
        drop table if exists {{ target_relation }};
        alter table {{ made }} rename to {{ adapter.quote(target_relation.identifier) }};
        {{ segmentation.comments_of(target_relation) }}
    {%- endset -%}
    {%- if model['language'] == 'python' -%}
        {%- call statement('main', language='python') -%}
            {{- create_table_as(false, made, compiled_code, 'python') }}
        {%- endcall -%}
        {%- do run_query(swap) -%}
    {%- else -%}
        {%- call statement('main') -%}
            {{ create_table_as(false, made, compiled_code) | trim | trim(';') }};
            {{ swap }}
        {%- endcall -%}
    {%- endif -%}

    {%- do create_indexes(target_relation) -%}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke(stored, full_refresh_mode=true)) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
