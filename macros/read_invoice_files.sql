{#-
    A query of the invoice lines of all files, every column as text under its canonical name. Files that share a
    layout are read together. CSV columns are addressed by position, so that no header ever stands in the SQL.
-#}
{% macro read_invoice_files(files) -%}
    {%- set layouts = {} -%}
    {%- for file in files -%}
        {%- set layout = [file['format'], file['compression'], file['delimiter'], file['headers'], file['positions']] | join('\n') -%}
        {%- do layouts.setdefault(layout, []).append(file) -%}
    {%- endfor -%}
    {%- for group in layouts.values() %}
    select
        {%- for column in segmentation.invoice_line_columns() %}
        {{ segmentation.file_column(group[0], column) }} as {{ column }},
        {%- endfor %}
        filename as source_file
    from {{ segmentation.read_files(group) }}
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
