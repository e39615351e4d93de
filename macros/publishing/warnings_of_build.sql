{#- What a build warns of: tests that warned, and bars that the segmentation misses. -#}
{% macro warnings_of_build(results) -%}
    {%- set warnings = [] -%}
    {%- for result in results if result.status == 'warn' and segmentation.concerns_marts(result.node) -%}
        {%- do warnings.append(result.node.name ~ ': ' ~ result.message) -%}
    {%- endfor -%}
    {%- if not segmentation.is_enabled('segmentation_quality') -%}
        {{ return(warnings) }}
    {%- endif -%}
    {%- set missed = run_query(
        'select check_name, segment, subject, value, bar, explanation from ' ~ segmentation.node_relation('segmentation_quality')
        ~ " where verdict in ('warn', 'fail') order by check_name, segment, subject"
    ) -%}
    {%- for row in missed -%}
        {%- do warnings.append(
            'segmentation_quality: ' ~ row['check_name'] ~ (' of ' ~ row['segment'] if row['segment'] else '')
            ~ ' (' ~ row['subject'] ~ ')' ~ (' is ' ~ '%.3g' | format(row['value'] | float) if row['value'] is not none else '')
            ~ (', the bar is ' ~ '%.3g' | format(row['bar'] | float) if row['bar'] is not none else '') ~ ': ' ~ row['explanation']
        ) -%}
    {%- endfor -%}
    {{ return(warnings) }}
{%- endmacro %}
