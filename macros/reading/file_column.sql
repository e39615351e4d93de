{#- A field of an invoice line as text, as it is in a file; null where the file has no such column. -#}
{% macro file_column(file, field) -%}
    {%- set position = fromjson(file['positions']).get(field) -%}
    {%- if position is none -%}
    cast(null as {{ dbt.type_string() }})
    {%- elif file['format'] == 'csv' -%}
    c{{ position }}
    {%- else -%}
    {{ segmentation.stored_text(fromjson(file['headers'])[position]) }}
    {%- endif -%}
{%- endmacro %}
