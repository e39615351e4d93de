{#- How many of their latest products recommendations are made from, by the number of customers: 50, fewer beyond 30,000 customers, at least 5. -#}
{% macro products_looked_at(customers) -%}
    greatest(5, least(50, floor(1500000 / {{ customers }})))
{%- endmacro %}
