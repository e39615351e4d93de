{#- Lists of the files that can be read together, because they have the same columns in the same places. -#}
{% macro group_by_layout(files) -%}
    {%- set layouts = {} -%}
    {%- for file in files -%}
        {%- set layout = [] -%}
        {%- for name in ['format', 'compression', 'delimiter', 'header_row', 'headers', 'types', 'positions', 'order_fields'] -%}
            {%- do layout.append(file[name] | string) -%}
        {%- endfor -%}
        {#- A column of that name hides the number of the file, and a table has none. -#}
        {%- if file['format'] == 'relation' or (
            file['format'] == 'parquet' and ('file_index' in file['headers'] | lower or not segmentation.reads_text_files())
        ) -%}
            {%- do layout.append(file['path']) -%}
        {%- endif -%}
        {%- do layouts.setdefault(layout | join('\n'), []).append(file) -%}
    {%- endfor -%}
    {{ return(layouts.values() | list) }}
{%- endmacro %}
