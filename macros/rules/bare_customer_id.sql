{#- A customer without leading zeros and in lower case: two that are equal in it may be one. -#}
{% macro bare_customer_id(customer) -%}
    {{ segmentation.replace_pattern('lower(' ~ customer ~ ')', '^0+', '') }}
{%- endmacro %}
