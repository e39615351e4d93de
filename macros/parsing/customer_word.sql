{#- A customer as it is looked up among the words for nobody; null where it begins with a digit, as most customers do. -#}
{% macro customer_word(customer) -%}
    case when not (left({{ customer }}, 1) between '0' and '9') then lower({{ customer }}) end
{%- endmacro %}
