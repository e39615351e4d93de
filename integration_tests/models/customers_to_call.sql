-- What the shop makes of the segments: whom to call.
with customers as (

    select * from {{ ref('segmentation', 'customer_segments') }}

),

final as (

    select
        customer_id,
        segment,
        recommended_action
    from customers
    where recency_days > 180
    order by monetary desc, customer_id
    limit 20

)

select * from final
