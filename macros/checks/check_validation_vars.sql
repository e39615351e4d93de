{#- Stop the build where a setting of the validation can't be what it is. -#}
{% macro check_validation_vars() -%}
    {%- for name in ['validation_days', 'validation_sample'] -%}
        {%- if not modules.re.fullmatch('[1-9][0-9]{0,8}', var(name) | string) -%}
            {{ segmentation.stop_build([name ~ ' is ' ~ var(name) ~ '; it must be a whole number of at least 1.']) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
