{#- Stop the build if a list of a campaign can't be used, with its file, what is wrong and what to do. -#}
{% macro check_campaign_lists(lists) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set problems = run_query(
        'select source_file, problem, remedy from ' ~ lists ~ ' where problem is not null order by source_file'
    ).rows -%}
    {%- if problems -%}
        {%- set message = ['The lists of campaigns can\'t be read:'] -%}
        {%- for file in problems[:10] -%}
            {%- do message.append('  ' ~ file['source_file'] ~ '\n    problem: ' ~ file['problem'] ~ '\n    remedy:  ' ~ file['remedy']) -%}
        {%- endfor -%}
        {%- if problems | length > 10 -%}
            {%- do message.append('  … and ' ~ (problems | length - 10) ~ ' more') -%}
        {%- endif -%}
        {{ segmentation.ask(message) }}
    {%- endif -%}
{%- endmacro %}
