{#-
    The columns of a typed line that say what it is, and a hash of all others in its file: two lines that are equal in them say
    the same.
-#}
{% macro line_content() -%}
    {{ return([
        'invoice_id', 'product_code', 'description', 'quantity', 'unit_price', 'amount', 'invoiced_at', 'customer_id', 'country',
        'unread_hash'
    ]) }}
{%- endmacro %}
