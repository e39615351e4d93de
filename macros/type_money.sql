{#- The type of the money of one line. -#}
{% macro type_money() -%}
    decimal(18, 4)
{%- endmacro %}
