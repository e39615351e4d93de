{#- The median; the mean of the middle two values where their number is even. A float: half a penny has a digit more than the penny. -#}
{% macro median_value(column) -%}
    median(cast({{ column }} as double))
{%- endmacro %}
