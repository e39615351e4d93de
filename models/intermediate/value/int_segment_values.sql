with customers as (

    select * from {{ ref('customer_segments') }}

),

customer_value as (

    select * from {{ ref('customer_value') }}

),

archetypes as (

    select * from {{ ref('segment_archetypes') }}

),

-- The overlay is of customers of any segment.
members as (

    select
        customer_id,
        segment
    from customers

    union all

    select
        customers.customer_id,
        archetypes.segment
    from customers
    inner join archetypes on customers.is_high_return and archetypes.kind = 'overlay'

),

total as (

    select sum(expected_revenue) as expected_revenue
    from customer_value

),

sums as (

    select
        members.segment,
        sum(customer_value.expected_revenue) as expected_revenue,
        {{ segmentation.median_value('customer_value.probability_alive') }} as median_probability_alive
    from members
    inner join customer_value on members.customer_id = customer_value.customer_id
    group by members.segment

),

final as (

    select
        sums.segment,
        cast(sums.expected_revenue as {{ segmentation.type_money_total() }}) as expected_revenue,
        {{ segmentation.share_of('sums.expected_revenue', 'total.expected_revenue') }} as expected_revenue_share,
        cast(sums.median_probability_alive as decimal(9, 6)) as median_probability_alive
    from sums
    cross join total

)

select * from final
