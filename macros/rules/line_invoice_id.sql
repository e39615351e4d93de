{#-
    The invoice of a line: its number, or number and day where the var invoice_numbers says that numbers begin again. If there are no
    invoices, one is what a customer bought on a day.
-#}
{% macro line_invoice_id() -%}
    {%- set day = "'/' || cast(cast(time_of_order as date) as " ~ dbt.type_string() ~ ')' -%}
    case
            when has_invoice_id then invoice_id{{ ' || ' ~ day if var('invoice_numbers') == 'daily' }}
            when time_of_order is not null then coalesce(customer_of_order, '') || {{ day }}
        end
{%- endmacro %}
