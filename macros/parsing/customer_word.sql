{#-
    A customer as it is looked up among the words for nobody, without the number of a till behind it (Guest 12); null where it begins with
    a digit, as most customers do.
-#}
{% macro customer_word(customer) -%}
    case
        when {{ customer }} >= '0' and {{ customer }} < ':' then null
        when {{ customer }} like '% %' and right({{ customer }}, 1) between '0' and '9'
            then lower({{ segmentation.replace_pattern(customer, '\\s+(?:(?:no|nr|n°)[.]?\\s*|#)?[0-9]{1,3}$', '') }})
        else lower({{ customer }})
    end
{%- endmacro %}
