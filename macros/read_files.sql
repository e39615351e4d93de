{#- A table function call that reads files of one layout. -#}
{% macro read_files(files) -%}
    {{ return(adapter.dispatch('read_files', 'segmentation')(files)) }}
{%- endmacro %}

{% macro default__read_files(files) -%}
    {%- set paths = [] -%}
    {%- for file in files -%}
        {%- do paths.append(segmentation.sql_text(segmentation.exact_path(file['read_path']))) -%}
    {%- endfor -%}
    {%- if files[0]['format'] == 'parquet' -%}
    read_parquet([{{ paths | join(', ') }}], filename = 'path_of_file')
    {%- else -%}
    read_csv(
        [{{ paths | join(', ') }}],
        columns = {
            {%- for header in fromjson(files[0]['headers']) -%}
            'c{{ loop.index0 }}': 'varchar'{{ ', ' if not loop.last }}
            {%- endfor -%}
        },
        auto_detect = false,
        header = true,
        delim = {{ segmentation.sql_text(files[0]['delimiter']) }},
        quote = '"',
        escape = '"',
        compression = {{ segmentation.sql_text(files[0]['compression']) }},
        max_line_size = 16777216,
        filename = 'path_of_file'
    )
    {%- endif -%}
{%- endmacro %}
