{#-
    A customer who was looked up among the words for nobody, as no_customer_words; null where it is one of them, or of
    placeholder_customers.
-#}
{% macro known_customer(customer) -%}
    {%- set id = segmentation.bare_customer_id(customer) if var('join_customer_ids') else customer -%}
    {%- set placeholders = var('placeholder_customers') | map('string') | list -%}
    case
        when no_customer_words.customer_word is not null then null
        {%- if placeholders %}
        when {{ customer }} in ({% for placeholder in placeholders %}{{ segmentation.sql_text(placeholder) }}{{ ', ' if not loop.last }}{% endfor %}) then null
        {%- endif %}
        else {{ id }}
    end
{%- endmacro %}
