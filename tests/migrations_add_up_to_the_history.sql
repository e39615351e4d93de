-- The customers and the money of every month end are the same whether they are counted where they came from, where they
-- went, or in the history.
with migrations as (

    select * from {{ ref('segment_migrations') }}

),

history as (

    select
        month_end,
        count(*) as customers,
        sum(monetary) as monetary
    from {{ ref('segment_history') }}
    group by month_end

),

arrived as (

    select
        month_end,
        sum(customers) as customers,
        sum(monetary) as monetary
    from migrations
    where to_segment <> 'Lost customers'
    group by month_end

),

departed as (

    select
        month_end,
        sum(customers) as customers,
        sum(monetary_before) as monetary
    from migrations
    where from_segment <> 'New customers'
    group by month_end

),

in_order as (

    select
        month_end,
        lag(customers, 1, 0) over (order by month_end) as customers_before,
        lag(monetary, 1, 0) over (order by month_end) as monetary_before,
        customers,
        monetary
    from history

)

select
    in_order.month_end,
    in_order.customers,
    arrived.customers as arrived_customers,
    in_order.customers_before,
    departed.customers as departed_customers
from in_order
left join arrived on in_order.month_end = arrived.month_end
left join departed on in_order.month_end = departed.month_end
where
    in_order.customers is distinct from arrived.customers
    or in_order.monetary is distinct from arrived.monetary
    or in_order.customers_before <> coalesce(departed.customers, 0)
    or in_order.monetary_before <> coalesce(departed.monetary, 0)
