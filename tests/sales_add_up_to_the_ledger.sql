-- The sales by segment, and by country too, are those of the ledger.
-- Looks at months of the history that changed, and the open one.
-- noqa: disable=RF04
with sales as (

    {%- for mart in ['segment_sales', 'country_sales'] %}

    select
        '{{ mart }}' as mart,
        month,
        sum(customers) as customers,
        sum(orders) as orders,
        sum(revenue) as revenue,
        sum(returned_value) as returned_value
    from {{ ref(mart) }}
    group by month
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

known_months as (

    select month
    from {{ ref('int_history_months') }}
    where {{ segmentation.audit_filter('history_key', 'months') }}

    union

    select cast({{ dbt.date_trunc('month', 'as_of_date') }} as date) as month
    from {{ ref('int_as_of_date') }}

),

ledger as (

    select
        cast({{ dbt.date_trunc('month', 'customer_days.activity_date') }} as date) as month,
        count(distinct case when customer_days.sale_lines > 0 then customer_days.customer_id end) as customers,
        sum(customer_days.orders) as orders,
        sum(customer_days.purchased) as revenue,
        sum(customer_days.returned) as returned_value
    from {{ ref('int_customer_days') }} as customer_days
    inner join known_months
        on cast({{ dbt.date_trunc('month', 'customer_days.activity_date') }} as date) = known_months.month
    cross join {{ ref('int_as_of_date') }} as as_of
    where customer_days.activity_date < as_of.as_of_date
    group by cast({{ dbt.date_trunc('month', 'customer_days.activity_date') }} as date)

),

marts as (

    select 'segment_sales' as mart

    union all

    select 'country_sales' as mart

)

select
    marts.mart,
    ledger.month,
    ledger.customers,
    sales.customers as customers_of_mart,
    ledger.orders,
    sales.orders as orders_of_mart,
    ledger.revenue,
    sales.revenue as revenue_of_mart,
    ledger.returned_value,
    sales.returned_value as returned_value_of_mart
from ledger
cross join marts
left join sales
    on
        ledger.month = sales.month
        and marts.mart = sales.mart
where
    ledger.customers is distinct from sales.customers
    or ledger.orders is distinct from sales.orders
    or ledger.revenue is distinct from sales.revenue
    or ledger.returned_value is distinct from sales.returned_value
