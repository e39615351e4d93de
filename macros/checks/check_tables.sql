{#- Stop the build if one of some tables that a Python model reads can't be used, with its file, what is wrong and what to do. -#}
{% macro check_tables(tables, what) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set problems = run_query(
        'select source_file, problem, remedy from ' ~ tables ~ ' where problem is not null order by source_file'
    ).rows -%}
    {%- if problems -%}
        {%- set message = [what ~ ' can\'t be read:'] -%}
        {%- for file in problems[:10] -%}
            {%- do message.append('  ' ~ file['source_file'] ~ '\n    problem: ' ~ file['problem'] ~ '\n    remedy:  ' ~ file['remedy']) -%}
        {%- endfor -%}
        {%- if problems | length > 10 -%}
            {%- do message.append('  … and ' ~ (problems | length - 10) ~ ' more') -%}
        {%- endif -%}
        {{ segmentation.ask(message) }}
    {%- endif -%}
{%- endmacro %}
