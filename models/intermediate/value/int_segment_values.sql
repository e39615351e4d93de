with assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

forecasts as (

    select
        customer_id,
        cast(expected_revenue as {{ segmentation.type_money() }}) as expected_revenue,
        cast(probability_alive as decimal(9, 6)) as probability_alive
    from {{ ref('int_customer_forecasts') }}

),

return_behavior as (

    select * from {{ ref('int_return_behavior') }}

),

archetypes as (

    select * from {{ ref('segment_archetypes') }}

),

precisions as (

    select * from {{ ref('int_name_precision') }}

),

-- The overlay is of customers of any segment.
members as (

    select
        customer_id,
        segment
    from assignments

    union all

    select
        return_behavior.customer_id,
        archetypes.segment
    from return_behavior
    inner join archetypes on return_behavior.is_high_return and archetypes.kind = 'overlay'
    inner join assignments on return_behavior.customer_id = assignments.customer_id

),

total as (

    select sum(expected_revenue) as expected_revenue
    from forecasts

),

sums as (

    select
        members.segment,
        sum(forecasts.expected_revenue) as expected_revenue,
        {{ segmentation.median_value('forecasts.probability_alive') }} as median_probability_alive
    from members
    inner join forecasts on members.customer_id = forecasts.customer_id
    group by members.segment

),

final as (

    select
        sums.segment,
        cast(sums.expected_revenue as {{ segmentation.type_money_total() }}) as expected_revenue,
        {{ segmentation.share_of('sums.expected_revenue', 'total.expected_revenue') }} as expected_revenue_share,
        cast(sums.median_probability_alive as decimal(9, 6)) as median_probability_alive,
        cast(precisions.name_precision as decimal(9, 6)) as name_precision
    from sums
    cross join total
    left join precisions on sums.segment = precisions.segment

)

select * from final
