{#- The time that a spreadsheet's count of days stands for, to the second: 45292.5 is noon of the first of January 2024. -#}
{% macro counted_day(text) -%}
    {{ return(adapter.dispatch('counted_day', 'segmentation')(text)) }}
{%- endmacro %}

{% macro default__counted_day(text) -%}
    timestamp '1899-12-30' + to_seconds(cast(round(86400 * {{ segmentation.safe_cast("replace(" ~ text ~ ", ',', '.')", 'double') }}) as bigint))
{%- endmacro %}

{% macro spark__counted_day(text) -%}
    timestamp '1899-12-30 00:00:00'
    + make_dt_interval(0, 0, 0, cast(round(86400 * {{ segmentation.safe_cast("replace(" ~ text ~ ", ',', '.')", 'double') }}) as decimal(18, 6)))
{%- endmacro %}
