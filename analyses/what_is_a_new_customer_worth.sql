-- What is a new customer worth? Customers by the month of their first purchase and by country: how many, what each of
-- them has brought in the mean, and what each will. Only customers of whom something is foretold count.
with customers as (

    select * from {{ ref('customer_segments') }}

),

customer_value as (

    select * from {{ ref('customer_value') }}

),

valued as (

    select
        customers.country,
        customers.monetary,
        customers.frequency,
        customer_value.probability_to_buy,
        customer_value.horizon_revenue,
        customer_value.lifetime_value,
        cast({{ dbt.date_trunc('month', 'customers.first_purchase_date') }} as date) as first_month
    from customers
    inner join customer_value on customers.customer_id = customer_value.customer_id
    where customer_value.lifetime_value is not null

),

-- The rows of all countries are sums of the same customers, and have no country of their own.
groups as (

    select
        'all countries' as scope,
        cast(null as {{ dbt.type_string() }}) as country,
        first_month,
        monetary,
        frequency,
        probability_to_buy,
        horizon_revenue,
        lifetime_value
    from valued

    union all

    select
        'country' as scope,
        country,
        first_month,
        monetary,
        frequency,
        probability_to_buy,
        horizon_revenue,
        lifetime_value
    from valued

),

final as (

    select
        scope,
        country,
        first_month,
        count(*) as customers,
        cast(avg(frequency) as decimal(18, 2)) as orders_so_far,
        cast(sum(monetary) / count(*) as decimal(18, 2)) as brought_so_far,
        cast(avg(probability_to_buy) as decimal(9, 6)) as probability_to_buy,
        cast(sum(horizon_revenue) / count(*) as decimal(18, 2)) as to_come,
        cast(sum(lifetime_value) / count(*) as decimal(18, 2)) as lifetime_value
    from groups
    group by scope, country, first_month

)

select * from final
order by scope asc, country asc, first_month asc
