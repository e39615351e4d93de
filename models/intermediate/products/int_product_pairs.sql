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

    select as_of_date as known_until
    from as_of
    union all
    select cut_date as known_until
    from validation_dates

),

customer_products as (

    select
        moments.known_until,
        purchases.customer_id,
        purchases.product_code,
        max(purchases.purchase_date) as last_purchase_date
    from purchases
    inner join moments
        on
            purchases.purchase_date < moments.known_until
            and purchases.purchase_date >= {{ segmentation.dateadd('day', -days, 'moments.known_until') }}
    group by
        moments.known_until,
        purchases.customer_id,
        purchases.product_code

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

kept_products as (

    select
        known_until,
        customer_id,
        product_code
    from counted_products
    where
        customers >= {{ least_customers }}
        and recency_rank <= {{ most_products }}

),

-- Numbers for customers and products: millions of pairs are found and counted faster by them than by names.
-- Sums of decimals are the same in any order; those of floating-point numbers are not.
kept_customers as (

    select
        known_until,
        customer_id,
        row_number() over (order by known_until, customer_id) as basket_number,
        cast(1 / sqrt(count(*)) as decimal(18, 12)) as weight
    from kept_products
    group by known_until, customer_id

),

numbered_products as (

    select
        product_code,
        row_number() over (order by product_code) as product_number
    from kept_products
    group by product_code

),

baskets as (

    select
        kept_customers.known_until,
        kept_customers.basket_number,
        numbered_products.product_number,
        kept_customers.weight
    from kept_products
    inner join kept_customers
        on
            kept_products.known_until = kept_customers.known_until
            and kept_products.customer_id = kept_customers.customer_id
    inner join numbered_products on kept_products.product_code = numbered_products.product_code

),

products as (

    select
        known_until,
        product_number,
        cast(sum(weight) as double) as weight
    from baskets
    group by known_until, product_number

),

-- Each pair is counted once, and stands there in both directions afterwards.
counted_pairs as (

    select
        one.known_until,
        one.product_number,
        other.product_number as other_product_number,
        count(*) as customers,
        cast(sum(one.weight) as double) as weight
    from baskets as one
    inner join baskets as other
        on
            one.basket_number = other.basket_number
            and one.product_number < other.product_number
    group by
        one.known_until,
        one.product_number,
        other.product_number
    having count(*) >= {{ least_together }}

),

customer_pairs as (

    select
        known_until,
        product_number,
        other_product_number,
        customers,
        weight
    from counted_pairs
    union all
    select
        known_until,
        other_product_number as product_number,
        product_number as other_product_number,
        customers,
        weight
    from counted_pairs

),

-- The cosine of two products over customers, of whom those who buy much count for less.
similar_pairs as (

    select
        pairs.known_until,
        codes.product_code,
        other_codes.product_code as other_product_code,
        pairs.customers,
        cast(
            pairs.weight / sqrt(products.weight * other_products.weight)
            * pairs.customers / (pairs.customers + {{ shrinkage }}) as decimal(9, 6)
        ) as similarity
    from customer_pairs as pairs
    inner join products
        on
            pairs.known_until = products.known_until
            and pairs.product_number = products.product_number
    inner join products as other_products
        on
            pairs.known_until = other_products.known_until
            and pairs.other_product_number = other_products.product_number
    inner join numbered_products as codes on pairs.product_number = codes.product_number
    inner join numbered_products as other_codes on pairs.other_product_number = other_codes.product_number

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

final as (

    select
        -- ids
        product_code,
        other_product_code,

        -- numerics
        pair_rank,
        similarity,

        -- dates
        known_until

    from nearest

)

select * from final
