{#- dbt's view on DuckDB, in one statement: see table. -#}
{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set stored = segmentation.drop_if_other(load_cached_relation(this), 'view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- call statement('main') -%}
        drop view if exists {{ target_relation }};
        {{ create_view_as(target_relation, sql) }}
        {{ segmentation.comments_of(target_relation) }}
    {%- endcall -%}

    {%- do apply_grants(target_relation, config.get('grants'), should_revoke(stored, full_refresh_mode=true)) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
