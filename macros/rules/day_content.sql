{#- The columns of a customer's invoice by day that decide what the ledger says of it. -#}
{% macro day_content() -%}
    {{ return(['customer_id', 'invoice_id', 'invoice_date', 'country', 'line_type', 'line_count', 'amount']) }}
{%- endmacro %}
