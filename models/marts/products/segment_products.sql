{#- Rows a segment, at most twice as many; what is drawn towards 1. -#}
{%- set most_products, shrinkage = 100, 10 -%}

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
        / sum(sums.customers) over () as expected_customers
    from sums
    inner join members on sums.segment = members.segment

),

shrunk as (

    select
        *,
        cast((customers + {{ shrinkage }}) / (expected_customers + {{ shrinkage }}) as decimal(18, 6))
            as times_as_frequent
    from compared

),

-- The posterior of the ratio is a gamma distribution of the shape customers + shrinkage: its logarithm is that far off.
distances as (

    select
        *,
        ln(times_as_frequent) * sqrt(customers + {{ shrinkage }}) as distance
    from shrunk

),

-- Of a normal quantile z the tail is below its density over z.
tails as (

    select
        *,
        case when distance > 1 then exp(-distance * distance / 2) / (distance * sqrt(2 * pi())) else 1 end as p_value
    from distances

),

-- Benjamini-Hochberg: at most 5 % of those that are significant are so by chance.
compared_tails as (

    select
        *,
        0.05 * row_number() over (order by p_value) / count(*) over () as most_by_chance
    from tails

),

judged as (

    select
        *,
        coalesce(
            p_value <= max(case when p_value <= most_by_chance then p_value end) over (), false
        ) as is_significant
    from compared_tails

),

ranked as (

    select
        *,
        row_number() over (
            partition by segment
            order by times_as_frequent desc, customers desc, product_code asc
        ) as preference_rank,
        row_number() over (
            partition by segment
            order by customers desc, revenue desc, product_code asc
        ) as customers_rank
    from judged

),

final as (

    select
        -- ids
        ranked.segment,
        ranked.product_code,

        -- text
        products.description,

        -- numerics
        ranked.customers,
        cast(ranked.orders as bigint) as orders,
        cast(ranked.revenue as {{ segmentation.type_money_total() }}) as revenue,
        cast(ranked.returned_value as {{ segmentation.type_money_total() }}) as returned_value,
        {{ segmentation.share_of('ranked.customers', 'ranked.segment_customers') }} as customer_share,
        ranked.times_as_frequent,
        cast(ranked.preference_rank as integer) as preference_rank,
        cast(ranked.customers_rank as integer) as customers_rank,

        -- booleans
        ranked.is_significant

    from ranked
    inner join products on ranked.product_code = products.product_code
    where
        ranked.preference_rank <= {{ most_products }}
        or ranked.customers_rank <= {{ most_products }}

)

select * from final
