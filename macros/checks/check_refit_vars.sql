{#- Stop the build where a setting of the refit can't be what it is. -#}
{% macro check_refit_vars() -%}
    {%- set wrong = [] -%}
    {%- if var('refit') not in ['auto', 'always', 'never'] -%}
        {%- do wrong.append('refit is ' ~ var('refit') ~ '; it must be auto, always or never.') -%}
    {%- endif -%}
    {%- if not modules.re.fullmatch('[1-9][0-9]{0,8}', var('refit_after_days') | string) -%}
        {%- do wrong.append('refit_after_days is ' ~ var('refit_after_days') ~ '; it must be a whole number of at least 1.') -%}
    {%- endif -%}
    {%- for name in segmentation.drift_bars() -%}
        {%- set low, high = var(name ~ '_warn'), var(name ~ '_error') -%}
        {%- if not 0 <= low | float(-1) <= high | float(-1) -%}
            {%- do wrong.append(
                name ~ '_warn is ' ~ low ~ ' and ' ~ name ~ '_error is ' ~ high ~ '; they must be numbers with 0 <= warn <= error.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if execute and wrong -%}
        {{ segmentation.stop_build(['The settings of the refit can\'t be used:'] + wrong) }}
    {%- endif -%}
{%- endmacro %}
