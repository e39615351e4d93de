{#-
    Columns of what is known of a customer on an as-of date, from a CTE `totals` of sums over the days before it: orders, purchase_days, return_days,
    purchased_value, returned_value, cancelled_value, first_purchase_date, last_purchase_date and as_of_date.
-#}
{% macro customer_feature_columns() -%}
    {%- set unit = var('frequency_unit') -%}
    {%- set basis = var('monetary_basis') -%}
    {%- set net = 'totals.purchased_value - totals.returned_value' -%}
    {%- set kept_purchases = '(totals.purchased_value - totals.cancelled_value)' -%}
    {%- set kept_returns = '(totals.returned_value - totals.cancelled_value)' -%}
        -- numerics
        {{ segmentation.days_between('totals.last_purchase_date', 'totals.as_of_date') }} as recency_days,
        {{ 'totals.orders' if unit == 'invoices' else 'totals.purchase_days' }} as frequency,
        cast({{ 'totals.purchased_value' if basis == 'gross' else net }} as {{ segmentation.type_money() }})
            as monetary,
        totals.orders,
        totals.purchase_days,
        totals.return_days,
        totals.purchased_value,
        totals.returned_value,
        totals.cancelled_value,
        cast(
            {{ segmentation.kept_value('totals.purchased_value', 'totals.returned_value', 'totals.cancelled_value') }}
            as {{ segmentation.type_money() }}
        ) as kept_value,
        cast({{ net }} as {{ segmentation.type_money() }}) as net_monetary,
        -- Returns of what was bought before the data begin can exceed the purchases: everything came back, rate 1.
        case
            when totals.returned_value >= totals.purchased_value then cast(1 as decimal(9, 6))
            else {{ segmentation.share_of('totals.returned_value', 'totals.purchased_value') }}
        end as return_rate,
        case
            when {{ kept_purchases }} <= 0 then cast(0 as decimal(9, 6))
            when {{ kept_returns }} >= {{ kept_purchases }} then cast(1 as decimal(9, 6))
            else {{ segmentation.share_of(kept_returns, kept_purchases) }}
        end as kept_return_rate,
        cast({{ segmentation.rounded_quotient('totals.purchased_value', 'totals.orders', 4) }} as {{ segmentation.type_money() }})
            as avg_order_value,
        {{ segmentation.days_between('totals.first_purchase_date', 'totals.as_of_date') }} as tenure_days,
        cast({{ segmentation.rounded_quotient(
            segmentation.days_between('totals.first_purchase_date', 'totals.last_purchase_date'), '(totals.purchase_days - 1)', 2
        ) }} as decimal(10, 2)) as interpurchase_days,

        -- dates
        totals.first_purchase_date,
        totals.last_purchase_date,
        totals.as_of_date
{%- endmacro %}
