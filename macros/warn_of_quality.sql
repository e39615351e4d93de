{#- Tell the analyst which bars the segmentation misses; the build goes on. -#}
{% macro warn_of_quality(quality) -%}
    {%- if segmentation.is_running() -%}
        {%- set missed = run_query(
            'select check_name, segment, subject, value, bar, explanation from ' ~ quality
            ~ " where verdict = 'warn' order by check_name, segment, subject"
        ) -%}
        {%- for row in missed -%}
            {%- do exceptions.warn(
                'segmentation_quality: ' ~ row['check_name'] ~ (' of ' ~ row['segment'] if row['segment'] else '')
                ~ ' (' ~ row['subject'] ~ ')' ~ (' is ' ~ '%.3g' | format(row['value'] | float) if row['value'] is not none else '')
                ~ (', the bar is ' ~ '%.3g' | format(row['bar'] | float) if row['bar'] is not none else '') ~ ': ' ~ row['explanation']
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
