{#- The fields of a file that have no column of their own, as a JSON object; null where the file has none of them. -#}
{% macro file_other_fields(file) -%}
    {%- set others = [] -%}
    {%- for field in fromjson(file['positions']) if field not in segmentation.invoice_line_columns() -%}
        {%- set column = segmentation.file_column(file, field) -%}
        {%- if field == 'discount' and segmentation.is_header_of_percent(file, field) -%}
            {%- set column = segmentation.as_percent(column) -%}
        {%- endif -%}
        {%- do others.append("'" ~ field ~ "', " ~ column) -%}
    {%- endfor -%}
    {%- if others -%}
    {{ segmentation.json_object(others) }}
    {%- else -%}
    cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}
