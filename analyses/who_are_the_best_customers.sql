-- Who are the best customers? The fewest who bring half of the revenue that is left after returns, the best first.
with customers as (

    select * from {{ ref('customer_segments') }}

),

ranked as (

    select
        customer_id,
        country,
        segment,
        rfm_segment,
        net_monetary,
        return_rate,
        frequency,
        avg_order_value,
        recency_days,
        recommended_action,
        row_number() over (order by net_monetary desc, customer_id asc) as revenue_rank,
        sum(net_monetary) over (
            order by net_monetary desc, customer_id asc
            rows between unbounded preceding and current row
        ) as net_monetary_to_here,
        sum(net_monetary) over () as net_monetary_of_all
    from customers
    where net_monetary > 0

),

final as (

    select
        revenue_rank,
        customer_id,
        country,
        segment,
        rfm_segment,
        net_monetary,
        {{ segmentation.share_of('net_monetary_to_here', 'net_monetary_of_all') }} as revenue_share_to_here,
        return_rate,
        frequency,
        avg_order_value,
        recency_days,
        recommended_action
    from ranked
    where 2 * (net_monetary_to_here - net_monetary) < net_monetary_of_all

)

select * from final
order by revenue_rank
