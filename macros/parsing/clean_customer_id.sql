{#- A customer, from text without outer white space: an identifier, or an e-mail address in lower case. -#}
{% macro clean_customer_id(text) -%}
    case
        when {{ text }} like '%@%' then lower({{ text }})
        else {{ segmentation.clean_id(text) }}
    end
{%- endmacro %}
