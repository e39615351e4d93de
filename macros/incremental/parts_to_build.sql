{#-
    A select of the parts of the data, files or months, whose rows an incremental model does not hold as it would make them now:
    new and changed ones, and all of them after a setting or the SQL of the model changed. The model stores their part_key with
    its rows, which is how it knows; rows with any other key are deleted first. A build that is killed in between leaves parts
    pending.
-#}
{% macro parts_to_build(parts, key, query, name) -%}
    {%- set code = segmentation.sql_checksum(query) -%}
    {%- set part_key = segmentation.row_hash(key + [segmentation.sql_text(code)]) -%}
    {%- set has_rows = segmentation.is_continued(name) -%}
    {%- if has_rows and not run_query(
        'select 1 from ' ~ this ~ ' where ' ~ name ~ ' in (select ' ~ part_key ~ ' from ' ~ parts ~ ') limit 1'
    ).rows -%}
        {#- No row of it stays: it is made again, with the columns that the model has now. -#}
        {%- do adapter.drop_relation(load_relation(this)) -%}
        {%- set has_rows = false -%}
    {%- endif -%}
    {%- if has_rows -%}
        {%- do segmentation.delete_now(this, name ~ ' not in (select ' ~ part_key ~ ' from ' ~ parts ~ ')') -%}
    {%- endif -%}
    select
        *,
        {{ part_key }} as {{ name }}
    from {{ parts }}
    {%- if has_rows %}
    where {{ part_key }} not in (select distinct stored.{{ name }} from {{ this }} as stored)
    {%- endif %}
{%- endmacro %}
