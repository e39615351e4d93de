{#- Rows a segment, at most twice as many. -#}
{%- set most_products = 100 -%}

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

sums as (

    select
        assignments.segment,
        customer_products.product_code,
        count(*) as customers,
        sum(customer_products.orders) as orders,
        sum(customer_products.purchased) as revenue,
        sum(customer_products.returned) as returned_value
    from customer_products
    inner join assignments on customer_products.customer_id = assignments.customer_id
    group by assignments.segment, customer_products.product_code

),

-- A segment that buys more of everything likes nothing in particular: expected is its share of all that was bought.
compared as (

    select
        sums.*,
        members.segment_customers,
        cast(sum(sums.customers) over (partition by sums.product_code) as double)
        * sum(sums.customers) over (partition by sums.segment)
        / sum(sums.customers) over () as expected_count,
        -- A customer counts once.
        1 as dispersion
    from sums
    inner join members on sums.segment = members.segment

),

{{ segmentation.segment_preferences('product_code', 'customers') }},

final as (

    select
        -- ids
        preferences.segment,
        preferences.product_code,

        -- text
        products.description,

        -- numerics
        preferences.customers,
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
