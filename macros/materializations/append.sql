{#-
    A table that keeps its rows from build to build, but for those that stale_rows, which stands once in the model's SQL, says are no longer
    true: a build deletes these and adds what the model finds, in one transaction. Columns that the model has and the table lacks are added,
    null in the rows that stay. A full refresh makes the table again.
-#}
{% materialization append, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set stored = load_cached_relation(this) -%}
    {%- set stays = stored is not none and stored.is_table and not should_full_refresh() -%}
    {%- set after_mark = sql.split('/* stale rows: ')[1:] -%}
    {%- if after_mark | length != 1 -%}
        {%- do exceptions.raise_compiler_error('A model that is materialized as append calls stale_rows once.') -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if config.get('drops_former_tables') -%}
        {%- do segmentation.drop_former_tables() -%}
    {%- endif -%}
    {%- if stays -%}
        {%- do segmentation.delete_rows(this, after_mark[0].split(' */')[0]) -%}
        {%- do segmentation.add_columns(stored, sql) -%}
        {%- set names = adapter.get_columns_in_relation(stored) | map(attribute='quoted') | join(', ') -%}
        {%- call statement('main') -%}
            insert into {{ this }} ({{ names }})
            select {{ names }} from (
                {{ sql }}
            ) as new_rows
        {%- endcall -%}
    {%- else -%}
        {%- do segmentation.make_table(stored, target_relation, sql) -%}
        {%- do create_indexes(target_relation) -%}
    {%- endif -%}

    {%- do apply_grants(target_relation, config.get('grants'), should_revoke(stored, full_refresh_mode=not stays)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
