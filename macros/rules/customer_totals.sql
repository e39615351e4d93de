{#- Columns of sums over some days of a customer, from a CTE or table with columns of int_customer_days. -#}
{% macro customer_totals() -%}
    {%- set purchase_date = 'case when sale_lines > 0 then activity_date end' -%}
        cast(sum(orders) as bigint) as orders,
        -- A day on which lines of an order of the day before stand is a day of purchase all the same.
        count({{ purchase_date }}) as purchase_days,
        count(case when return_lines > cancelled_lines then activity_date end) as return_days,
        {{ segmentation.customer_money('sum(purchased)', 'customer_id') }} as purchased_value,
        {{ segmentation.customer_money('sum(returned)', 'customer_id') }} as returned_value,
        {{ segmentation.customer_money('sum(cancelled)', 'customer_id') }} as cancelled_value,
        min({{ purchase_date }}) as first_purchase_date,
        max({{ purchase_date }}) as last_purchase_date
{%- endmacro %}
