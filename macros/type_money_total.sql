{#- The type of a sum of money: 10 billion lines of the largest amount do not overflow it. -#}
{% macro type_money_total() -%}
    decimal(28, 4)
{%- endmacro %}
