{#-
    Whether a return undoes a sale of the 24 hours before, for a join of both: at least as much was bought in one line. The day of the
    sale is in the key of the join, so that it stays cheap where one customer buys and returns a product again and again.
-#}
{% macro is_cancelled_by(sales, returns) -%}
    {{ returns }}.customer_id = {{ sales }}.customer_id
    and {{ returns }}.product_code = {{ sales }}.product_code
    and {{ returns }}.sale_date = {{ sales }}.invoice_date
    and {{ sales }}.quantity >= -{{ returns }}.quantity
    and {{ sales }}.invoiced_at <= {{ returns }}.invoiced_at
    and {{ returns }}.invoiced_at <= {{ segmentation.dateadd('day', 1, sales ~ '.invoiced_at') }}
{%- endmacro %}
