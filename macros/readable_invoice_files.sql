{#- The files that base_invoice_files describes; stops the build where one can't be used. -#}
{% macro readable_invoice_files(relation) -%}
    {%- if not segmentation.is_running() -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set files = run_query('select * from ' ~ relation ~ ' order by source_file') -%}
    {%- set problems = [] -%}
    {%- for file in files if file['problem'] is not none -%}
        {%- do problems.append('  ' ~ file['source_file'] ~ '\n    problem: ' ~ file['problem'] ~ '\n    remedy:  ' ~ file['remedy']) -%}
    {%- endfor -%}
    {%- if problems -%}
        {%- set more = ['  … and ' ~ (problems | length - 10) ~ ' more'] if problems | length > 10 else [] -%}
        {{ segmentation.stop_build(['The invoice files can\'t be read:'] + problems[:10] + more) }}
    {%- endif -%}
    {{ return(files.rows | list) }}
{%- endmacro %}
