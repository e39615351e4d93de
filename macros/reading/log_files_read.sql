{#- Say how many files and lines a build has read. -#}
{% macro log_files_read(file_rows, invoice_files) -%}
    {%- if execute -%}
        {%- set read = run_query(
            'select count(*) as file_count, sum(row_count) as line_count from ' ~ file_rows
            ~ ' where load_key in (select load_key from ' ~ invoice_files ~ ' where ' ~ segmentation.is_pending() ~ ')'
        ).rows[0] -%}
        {%- if read['file_count'] -%}
            {%- do log(
                'read {:,} '.format(read['file_count'] | int) ~ ('file' if read['file_count'] == 1 else 'files')
                ~ ', {:,} lines'.format(read['line_count'] | int), info=true
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
