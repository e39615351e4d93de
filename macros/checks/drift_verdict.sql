{#- What a value says that may rise to one bar with a warning and to another one before the build fails. -#}
{% macro drift_verdict(value, bars, spare='0') -%}
    case
        when {{ value }} > {{ var(bars ~ '_error') }} + {{ spare }} then 'fail'
        when {{ value }} > {{ var(bars ~ '_warn') }} + {{ spare }} then 'warn'
        else 'pass'
    end
{%- endmacro %}
