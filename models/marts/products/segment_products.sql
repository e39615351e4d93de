{#- Rows a segment, at most twice as many; what is drawn towards 1; how much more is another size of baskets. -#}
{%- set most_products, shrinkage, step = 100, 10, 1.5 -%}

with customer_products as (

    select * from {{ ref('int_customer_products') }}
    where orders > 0

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

products as (

    select * from {{ ref('int_products') }}

),

members as (

    select
        segment,
        count(*) as segment_customers
    from assignments
    group by segment

),

product_counts as (

    select
        customer_id,
        count(*) as products
    from customer_products
    group by customer_id

),

baskets as (

    select
        assignments.segment,
        assignments.customer_id,
        floor(ln(product_counts.products) / ln({{ step }})) as basket_size
    from product_counts
    inner join assignments on product_counts.customer_id = assignments.customer_id

),

sums_by_size as (

    select
        baskets.segment,
        baskets.basket_size,
        customer_products.product_code,
        count(*) as customers,
        sum(customer_products.orders) as orders,
        sum(customer_products.purchased) as revenue,
        sum(customer_products.returned) as returned_value
    from customer_products
    inner join baskets on customer_products.customer_id = baskets.customer_id
    group by
        baskets.segment,
        baskets.basket_size,
        customer_products.product_code

),

sums as (

    select
        segment,
        product_code,
        sum(customers) as customers,
        sum(orders) as orders,
        sum(revenue) as revenue,
        sum(returned_value) as returned_value
    from sums_by_size
    group by segment, product_code

),

sizes as (

    select
        basket_size,
        count(*) as everybody
    from baskets
    group by basket_size

),

segments_by_size as (

    select
        segment,
        basket_size,
        cast(sum(customers) as double) / sum(sum(customers)) over (partition by basket_size) as segment_share
    from sums_by_size
    group by segment, basket_size

),

products_by_size as (

    select
        product_code,
        basket_size,
        cast(sum(customers) as double) as buyers
    from sums_by_size
    group by product_code, basket_size

),

-- Whoever buys much has bought every best seller: customers are held against others who bought as many products.
-- Sums of decimals are the same in any order; those of floating-point numbers are not.
expectations as (

    select
        segments_by_size.segment,
        products_by_size.product_code,
        sum(cast(products_by_size.buyers * segments_by_size.segment_share as decimal(18, 6))) as expected_count,
        sum(cast(
            products_by_size.buyers * (1 - products_by_size.buyers / sizes.everybody)
            * segments_by_size.segment_share * (1 - segments_by_size.segment_share) as decimal(18, 6)
        )) as variance
    from products_by_size
    inner join segments_by_size on products_by_size.basket_size = segments_by_size.basket_size
    inner join sizes on products_by_size.basket_size = sizes.basket_size
    group by segments_by_size.segment, products_by_size.product_code

),

compared as (

    select
        sums.*,
        members.segment_customers,
        cast(expectations.expected_count as double) as expected_count,
        cast(expectations.variance + {{ shrinkage }} as double)
        / cast(expectations.expected_count + {{ shrinkage }} as double) as dispersion
    from sums
    inner join members on sums.segment = members.segment
    inner join expectations
        on
            sums.segment = expectations.segment
            and sums.product_code = expectations.product_code

),

{{ segmentation.segment_preferences('product_code', 'customers', shrinkage) }},

final as (

    select
        -- ids
        preferences.segment,
        preferences.product_code,

        -- text
        products.description,

        -- numerics
        cast(preferences.customers as bigint) as customers,
        cast(preferences.orders as bigint) as orders,
        cast(preferences.revenue as {{ segmentation.type_money_total() }}) as revenue,
        cast(preferences.returned_value as {{ segmentation.type_money_total() }}) as returned_value,
        {{ segmentation.share_of('preferences.customers', 'preferences.segment_customers') }} as customer_share,
        preferences.times_as_frequent,
        cast(preferences.preference_rank as integer) as preference_rank,
        cast(preferences.customers_rank as integer) as customers_rank,

        -- booleans
        preferences.is_significant

    from preferences
    inner join products on preferences.product_code = products.product_code
    where
        preferences.preference_rank <= {{ most_products }}
        or preferences.customers_rank <= {{ most_products }}

)

select * from final
