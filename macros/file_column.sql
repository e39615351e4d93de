{#- A canonical column of a file as text; null where the file has no such column. -#}
{% macro file_column(file, column) -%}
    {%- set position = fromjson(file['positions']).get(column) -%}
    {%- if position is none -%}
    cast(null as {{ dbt.type_string() }})
    {%- elif file['format'] == 'parquet' -%}
    cast("{{ fromjson(file['headers'])[position].replace('"', '""') }}" as {{ dbt.type_string() }})
    {%- else -%}
    c{{ position }}
    {%- endif -%}
{%- endmacro %}
