{%- set days = var('validation_days') | int -%}
{#- Of a customer's latest products, so that one who bought a thousand does not make a million pairs. -#}
{%- set most_products, most_pairs = 50, 10 -%}
{#- What fewer have bought says nothing; what few have bought together is drawn towards nothing. -#}
{%- set least_customers, least_together, shrinkage = 5, 3, 10 -%}

with purchases as (

    select * from {{ ref('int_sampled_purchases') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

validation_dates as (

    select * from {{ ref('int_validation_dates') }}
    where date_number = 1

),

moments as (

    select
        as_of_date as known_until,
        true as is_today
    from as_of
    union all
    select
        cut_date as known_until,
        false as is_today
    from validation_dates

),

known_purchases as (

    select
        purchases.customer_id,
        purchases.invoice_id,
        purchases.product_code,
        purchases.purchase_date,
        moments.known_until,
        moments.is_today
    from purchases
    inner join moments
        on
            purchases.purchase_date < moments.known_until
            and purchases.purchase_date >= {{ segmentation.dateadd('day', -days, 'moments.known_until') }}

),

customer_products as (

    select
        known_until,
        customer_id,
        product_code,
        max(purchase_date) as last_purchase_date
    from known_purchases
    group by known_until, customer_id, product_code

),

counted_products as (

    select
        *,
        count(*) over (partition by known_until, product_code) as customers,
        row_number() over (
            partition by known_until, customer_id
            order by last_purchase_date desc, {{ dbt.hash('product_code') }}, product_code
        ) as recency_rank
    from customer_products

),

-- Sums of decimals are the same in any order; those of floating-point numbers are not.
baskets as (

    select
        known_until,
        customer_id,
        product_code,
        cast(1 / sqrt(count(*) over (partition by known_until, customer_id)) as decimal(18, 12)) as weight
    from counted_products
    where
        customers >= {{ least_customers }}
        and recency_rank <= {{ most_products }}

),

totals as (

    select
        known_until,
        count(distinct customer_id) as all_customers
    from baskets
    group by known_until

),

products as (

    select
        known_until,
        product_code,
        count(*) as customers,
        cast(sum(weight) as double) as weight
    from baskets
    group by known_until, product_code

),

-- Each pair is counted once, and stands there in both directions afterwards.
counted_pairs as (

    select
        one.known_until,
        one.product_code,
        other.product_code as other_product_code,
        count(*) as customers,
        cast(sum(one.weight) as double) as weight
    from baskets as one
    inner join baskets as other
        on
            one.known_until = other.known_until
            and one.customer_id = other.customer_id
            and one.product_code < other.product_code
    group by
        one.known_until,
        one.product_code,
        other.product_code
    having count(*) >= {{ least_together }}

),

customer_pairs as (

    select
        known_until,
        product_code,
        other_product_code,
        customers,
        weight
    from counted_pairs
    union all
    select
        known_until,
        other_product_code as product_code,
        product_code as other_product_code,
        customers,
        weight
    from counted_pairs

),

-- The cosine of two products over customers, of whom those who buy much count for less.
similar_pairs as (

    select
        pairs.known_until,
        pairs.product_code,
        pairs.other_product_code,
        pairs.customers,
        products.customers as product_customers,
        others.customers as other_customers,
        totals.all_customers,
        cast(
            pairs.weight / sqrt(products.weight * others.weight) * pairs.customers / (pairs.customers + {{ shrinkage }})
            as decimal(9, 6)
        ) as similarity
    from customer_pairs as pairs
    inner join products
        on
            pairs.known_until = products.known_until
            and pairs.product_code = products.product_code
    inner join products as others
        on
            pairs.known_until = others.known_until
            and pairs.other_product_code = others.product_code
    inner join totals on pairs.known_until = totals.known_until

),

ranked as (

    select
        *,
        row_number() over (
            partition by known_until, product_code
            order by similarity desc, customers desc, other_product_code asc
        ) as pair_rank
    from similar_pairs

),

nearest as (

    select * from ranked
    where pair_rank <= {{ most_pairs }}

),

order_products as (

    select
        known_purchases.known_until,
        known_purchases.customer_id,
        known_purchases.invoice_id,
        known_purchases.product_code
    from known_purchases
    inner join baskets
        on
            known_purchases.known_until = baskets.known_until
            and known_purchases.customer_id = baskets.customer_id
            and known_purchases.product_code = baskets.product_code
    where known_purchases.is_today

),

order_totals as (

    select count(distinct invoice_id) as all_orders
    from order_products

),

product_orders as (

    select
        known_until,
        product_code,
        count(*) as orders
    from order_products
    group by known_until, product_code

),

order_pairs as (

    select
        nearest.known_until,
        nearest.product_code,
        nearest.other_product_code,
        count(*) as orders
    from nearest
    inner join order_products as one
        on
            nearest.known_until = one.known_until
            and nearest.product_code = one.product_code
    inner join order_products as other
        on
            nearest.known_until = other.known_until
            and nearest.other_product_code = other.product_code
            and one.customer_id = other.customer_id
            and one.invoice_id = other.invoice_id
    group by
        nearest.known_until,
        nearest.product_code,
        nearest.other_product_code

),

final as (

    select
        -- ids
        nearest.product_code,
        nearest.other_product_code,

        -- numerics
        nearest.pair_rank,
        nearest.similarity,
        nearest.customers,
        nearest.product_customers,
        nearest.other_customers,
        nearest.all_customers,
        coalesce(order_pairs.orders, 0) as orders,
        product_orders.orders as product_orders,
        other_orders.orders as other_orders,
        order_totals.all_orders,

        -- dates
        nearest.known_until

    from nearest
    cross join order_totals
    left join order_pairs
        on
            nearest.known_until = order_pairs.known_until
            and nearest.product_code = order_pairs.product_code
            and nearest.other_product_code = order_pairs.other_product_code
    left join product_orders
        on
            nearest.known_until = product_orders.known_until
            and nearest.product_code = product_orders.product_code
    left join product_orders as other_orders
        on
            nearest.known_until = other_orders.known_until
            and nearest.other_product_code = other_orders.product_code

)

select * from final
