{#- The median; the mean of the middle two values where their number is even. -#}
{% macro median_value(column) -%}
    {{ return(adapter.dispatch('median_value', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__median_value(column) -%}
    median({{ column }})
{%- endmacro %}
