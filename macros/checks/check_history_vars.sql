{#- Stop the build where a setting of the history can't be what it is. -#}
{% macro check_history_vars() -%}
    {%- if not modules.re.fullmatch('[0-9]{1,3}', var('history_months') | string) -%}
        {{ segmentation.stop_build(['history_months is ' ~ var('history_months') ~ '; it must be a whole number of months from 0 to 999.']) }}
    {%- endif -%}
{%- endmacro %}
