-- Who can become valuable? Customers who are here, on the border of a segment that spends more than their own; with
-- what its median customer does and they do not yet, and what they will bring as things are. Those nearest to the best
-- segment first, of them those who are likeliest to buy.
with customers as (

    select * from {{ ref('customer_segments') }}

),

customer_value as (

    select * from {{ ref('customer_value') }}

),

segments as (

    select * from {{ ref('segment_profiles') }}
    where kind = 'cluster'

),

final as (

    select
        customers.customer_id,
        customers.country,
        customers.segment,
        customers.runner_up_segment as next_segment,
        cast(1 - customers.segment_confidence as decimal(9, 6)) as doubt,
        customers.rfm_segment,
        customers.recency_days,
        customers.tenure_days,
        customers.frequency,
        next_segments.median_frequency as next_median_frequency,
        customers.monetary,
        next_segments.median_monetary as next_median_monetary,
        cast(next_segments.median_monetary - customers.monetary as {{ segmentation.type_money_total() }})
            as monetary_to_go,
        customers.avg_order_value,
        customer_value.probability_to_buy,
        customer_value.expected_revenue,
        customer_value.lifetime_value,
        customers.recommended_action
    from customers
    inner join segments on customers.segment = segments.segment
    inner join segments as next_segments on customers.runner_up_segment = next_segments.segment
    left join customer_value on customers.customer_id = customer_value.customer_id
    where
        customers.r_score >= 4
        -- The neighbours nearly all agree otherwise, and the runner-up is only the next nearest segment.
        and customers.segment_confidence < 0.95
        and next_segments.median_monetary > segments.median_monetary
        and next_segments.median_monetary > customers.monetary
        and not customers.is_high_return

)

select * from final
order by next_median_monetary desc, probability_to_buy desc, doubt desc, customer_id asc
