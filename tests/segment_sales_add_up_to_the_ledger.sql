-- The sales by segment of a month are those of the ledger, for every month of the history and the open one.
-- noqa: disable=RF04
with segment_sales as (

    select
        month,
        sum(orders) as orders,
        sum(revenue) as revenue,
        sum(returned_value) as returned_value
    from {{ ref('segment_sales') }}
    group by month

),

ledger as (

    select
        cast({{ dbt.date_trunc('month', 'customer_days.activity_date') }} as date) as month,
        sum(customer_days.orders) as orders,
        sum(customer_days.purchased) as revenue,
        sum(customer_days.returned) as returned_value
    from {{ ref('int_customer_days') }} as customer_days
    cross join {{ ref('int_as_of_date') }} as as_of
    where customer_days.activity_date < as_of.as_of_date
    group by cast({{ dbt.date_trunc('month', 'customer_days.activity_date') }} as date)

),

known_months as (

    select month
    from {{ ref('int_history_months') }}

    union

    select cast({{ dbt.date_trunc('month', 'as_of_date') }} as date) as month
    from {{ ref('int_as_of_date') }}

)

select
    ledger.month,
    ledger.orders,
    segment_sales.orders as orders_by_segment,
    ledger.revenue,
    segment_sales.revenue as revenue_by_segment
from ledger
inner join known_months on ledger.month = known_months.month
left join segment_sales on ledger.month = segment_sales.month
where
    ledger.orders is distinct from segment_sales.orders
    or ledger.revenue is distinct from segment_sales.revenue
    or ledger.returned_value is distinct from segment_sales.returned_value
