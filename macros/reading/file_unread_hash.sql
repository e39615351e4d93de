{#-
    A hash of the columns of a row that are no fields of a line, so that two rows that differ in one of them are told apart; null where
    all columns of the file are read. The same as that of rows that Python reads.
-#}
{% macro file_unread_hash(file) -%}
    {%- set positions = fromjson(file['positions']).values() | list -%}
    {%- set columns = [] -%}
    {%- for header in fromjson(file['headers']) -%}
        {%- if loop.index0 not in positions -%}
            {%- set column = 'c' ~ loop.index0 if file['format'] == 'csv' else segmentation.stored_text(header) -%}
            {%- do columns.append('coalesce(' ~ column ~ ", '')") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if columns -%}
    md5({{ columns | join(' || chr(31) || ') }})
    {%- else -%}
    cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}
