{#-
    Whether what was found in the last build, of lines that repeat or cancel each other, can be gone on from: then only the
    lines of new files are compared with all others. Where they are half of the lines, all are compared again.
-#}
{% macro compares_new_files_only(files_to_compare, invoice_files) -%}
    {%- if not segmentation.is_running() or not segmentation.stored_relation('int_file_comparisons') -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set counted = run_query(
        'select (select coalesce(sum(line_count), 0) from ' ~ files_to_compare ~ ') as new_lines, '
        ~ '(select coalesce(sum(line_count), 0) from ' ~ invoice_files ~ ') as all_lines'
    ).rows[0] -%}
    {{ return(counted['new_lines'] * 2 < counted['all_lines']) }}
{%- endmacro %}
