{#- A customer as text: an identifier, or an e-mail address in lower case. -#}
{% macro clean_customer_id(column) -%}
    case
        when {{ column }} like '%@%' then lower({{ segmentation.clean_text(column) }})
        else {{ segmentation.clean_id(column) }}
    end
{%- endmacro %}
