{#- The canonical columns of an invoice line as it is in a file. -#}
{% macro invoice_line_columns() -%}
    {{ return(['invoice_id', 'product_code', 'description', 'quantity', 'unit_price', 'invoiced_at', 'customer_id', 'country']) }}
{%- endmacro %}
