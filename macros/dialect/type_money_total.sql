{#- The type of money of many customers or of a file; such tables have few rows. -#}
{% macro type_money_total() -%}
    decimal(28, 4)
{%- endmacro %}
