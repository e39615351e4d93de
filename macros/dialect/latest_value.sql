{#- An aggregate: the value in the row with the latest date, null where that row has none. -#}
{% macro latest_value(value, date) -%}
    {{ return(adapter.dispatch('latest_value', 'segmentation')(value, date)) }}
{%- endmacro %}

{% macro default__latest_value(value, date) -%}
    arg_max_null({{ value }}, {{ date }})
{%- endmacro %}

{% macro spark__latest_value(value, date) -%}
    max_by({{ value }}, {{ date }})
{%- endmacro %}
