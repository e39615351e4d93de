{#-
    Whether a line is a return, whichever way its file says it: by the type of its document, a price below 0 of what a customer
    bought, or a quantity and an amount of which one is below 0. Null where it says nothing.
-#}
{% macro comes_back(lines, orders) -%}
    {{ lines }}.document_meaning = 'return'
        or (
            {{ lines }}.price_given < 0 and {{ lines }}.quantity_given <> 0
            and {{ lines }}.product_code is not null and coalesce({{ lines }}.customer_id, {{ orders }}.customer_id) is not null
        )
        or ({{ lines }}.amount_given < 0 and ({{ lines }}.quantity_given > 0 or not {{ lines }}.has_quantity))
        or ({{ lines }}.amount_given > 0 and {{ lines }}.quantity_given < 0)
{%- endmacro %}
