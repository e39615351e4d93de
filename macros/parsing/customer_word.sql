{#- A customer as it is looked up among the words for nobody; null where it begins with a digit, as most customers do. -#}
{% macro customer_word(customer) -%}
    case when not ({{ customer }} >= '0' and {{ customer }} < ':') then lower({{ customer }}) end
{%- endmacro %}
