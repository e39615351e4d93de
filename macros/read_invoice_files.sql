{#-
    A query of the invoice lines of all files, every column as text under its canonical name. Files that share a
    layout are read together. CSV columns are addressed by position, so that no header ever stands in the SQL.
-#}
{% macro read_invoice_files(files) -%}
    {%- set layouts = {} -%}
    {%- for file in files -%}
        {#- A copy in UTF-8 has a path of its own, so it is read by itself. -#}
        {%- set copy = file['read_path'] if file['read_path'] != file['source_file'] else '' -%}
        {%- set layout = [copy, file['format'], file['compression'], file['delimiter'], file['headers'], file['types'], file['positions']] | join('\n') -%}
        {%- do layouts.setdefault(layout, []).append(file) -%}
    {%- endfor -%}
    {%- for group in layouts.values() %}
    select
        {%- for column in segmentation.invoice_line_columns() %}
        {{ segmentation.file_column(group[0], column) }} as {{ column }},
        {%- endfor %}
        {{ segmentation.sql_text(group[0]['source_file']) if group[0]['read_path'] != group[0]['source_file'] else 'path_of_file' }}
            as source_file
    from {{ segmentation.read_files(group) }}
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
