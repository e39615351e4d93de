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

products as (

    select
        known_until,
        product_code,
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

-- What is said of the pairs of today is counted over all products of a customer and an order.
latest_purchases as (

    select
        customer_id,
        invoice_id,
        product_code
    from known_purchases
    where is_today

),

latest_products as (

    select distinct
        customer_id,
        product_code
    from latest_purchases

),

latest_pairs as (

    select
        nearest.product_code,
        nearest.other_product_code
    from nearest
    inner join as_of on nearest.known_until = as_of.as_of_date

),

{%- for counted, purchases, keys in [
    ('customers', 'latest_products', ['customer_id']), ('orders', 'latest_purchases', ['customer_id', 'invoice_id'])
] %}

{{ counted }}_of_products as (

    select
        product_code,
        count(*) as {{ counted }}
    from {{ purchases }}
    group by product_code

),

all_{{ counted }} as (

    select count(*) as {{ counted }}
    from (select distinct {{ keys | join(', ') }} from {{ purchases }}) as distinct_{{ counted }}

),

{{ counted }}_of_pairs as (

    select
        latest_pairs.product_code,
        latest_pairs.other_product_code,
        count(*) as {{ counted }}
    from latest_pairs
    inner join {{ purchases }} as one on latest_pairs.product_code = one.product_code
    inner join {{ purchases }} as other
        on
            latest_pairs.other_product_code = other.product_code
            {%- for key in keys %}
            and one.{{ key }} = other.{{ key }}
            {%- endfor %}
    group by latest_pairs.product_code, latest_pairs.other_product_code

),
{%- endfor %}

counts as (

    select
        latest_pairs.product_code,
        latest_pairs.other_product_code,
        {%- for counted in ['customers', 'orders'] %}
        coalesce({{ counted }}_of_pairs.{{ counted }}, 0) as {{ counted }},
        {{ counted }}_of_products.{{ counted }} as product_{{ counted }},
        {{ counted }}_of_others.{{ counted }} as other_{{ counted }},
        all_{{ counted }}.{{ counted }} as all_{{ counted }}{{ ',' if not loop.last }}
        {%- endfor %}
    from latest_pairs
    {%- for counted in ['customers', 'orders'] %}
    cross join all_{{ counted }}
    inner join {{ counted }}_of_products on latest_pairs.product_code = {{ counted }}_of_products.product_code
    inner join {{ counted }}_of_products as {{ counted }}_of_others
        on latest_pairs.other_product_code = {{ counted }}_of_others.product_code
    left join {{ counted }}_of_pairs
        on
            latest_pairs.product_code = {{ counted }}_of_pairs.product_code
            and latest_pairs.other_product_code = {{ counted }}_of_pairs.other_product_code
    {%- endfor %}

),

final as (

    select
        -- ids
        nearest.product_code,
        nearest.other_product_code,

        -- numerics
        nearest.pair_rank,
        nearest.similarity,
        {%- for counted in ['customers', 'orders'] %}
        counts.{{ counted }},
        counts.product_{{ counted }},
        counts.other_{{ counted }},
        counts.all_{{ counted }},
        {%- endfor %}

        -- dates
        nearest.known_until

    from nearest
    left join as_of on nearest.known_until = as_of.as_of_date
    left join counts
        on
            as_of.as_of_date is not null
            and nearest.product_code = counts.product_code
            and nearest.other_product_code = counts.other_product_code

)

select * from final
