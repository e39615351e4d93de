{#- What the money of a line has to fit into: below a trillion, so that hundreds of the largest lines of a customer fit into type_money. -#}
{% macro type_line_amount() -%}
    decimal(16, 4)
{%- endmacro %}
