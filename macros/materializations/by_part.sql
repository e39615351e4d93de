{#-
    A table whose rows belong to parts of the data: files, customers or months. The model is plain SQL in which `pending_parts` stands once;
    as it is compiled, it makes the rows of all parts. What the key of a part is made of, and the SQL of the model with its macros and
    settings, decide how the rows of the part come out. So a build makes only rows whose key is not stored, and deletes those whose key is of
    no part any more, in one transaction. Where no row stays, the table is made again, with the columns that the model has now: another list
    of columns is other SQL, and on_schema_change has nothing to do.
-#}
{% materialization by_part, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set stored = load_cached_relation(this) -%}
    {%- set part_key = config.require('part_key') -%}
    {#- Before the parts, the parts, and what is made of them. -#}
    {%- set pieces = (sql | replace("'code of the model'", segmentation.sql_text(segmentation.sql_checksum(sql)))).split('/* parts */') -%}
    {%- if pieces | length != 3 -%}
        {%- do exceptions.raise_compiler_error('A model that is materialized by_part calls pending_parts once.') -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set columns = adapter.get_columns_in_relation(stored) if stored and stored.is_table and not should_full_refresh() else [] -%}
    {%- set some_rows_stay = false -%}
    {%- if part_key in (columns | map(attribute='name')) -%}
        {#- The CTE of the parts is closed, and nobody asks for what is in it. -#}
        {%- set parts = segmentation.keep_for_now(this, pieces[0] ~ 'select 1) ' ~ pieces[1]) -%}
        {%- set keys = 'select parts.' ~ part_key ~ ' from ' ~ parts ~ ' as parts' -%}
        {%- set some_rows_stay = run_query('select 1 from ' ~ this ~ ' where ' ~ part_key ~ ' in (' ~ keys ~ ') limit 1').rows | length > 0 -%}
    {%- endif -%}
    {%- if some_rows_stay -%}
        {%- do segmentation.delete_rows(this, part_key ~ ' not in (' ~ keys ~ ')') -%}
        {%- set names = columns | map(attribute='quoted') | join(', ') -%}
        {%- call statement('main') -%}
            insert into {{ this }} ({{ names }})
            select {{ names }} from (
                {{ pieces[0] }}
                select * from {{ parts }} as parts
                where parts.{{ part_key }} not in (select distinct stored.{{ part_key }} from {{ this }} as stored)
                {{ pieces[2] }}
            ) as pending_rows
        {%- endcall -%}
    {%- else -%}
        {%- do segmentation.make_table(stored, target_relation, pieces | join) -%}
        {%- do create_indexes(target_relation) -%}
    {%- endif -%}

    {%- do apply_grants(target_relation, config.get('grants'), should_revoke(stored, full_refresh_mode=not some_rows_stay)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
