{{ config(materialized='view') }}

with customers as (

    select * from {{ ref('int_customer_features') }}

),

final as (

    select
        -- ids
        customer_id,

        -- numerics
        purchase_days,
        orders,
        recency_days,
        tenure_days,
        cast(
            {{ segmentation.kept_value('purchased_value', 'returned_value', 'cancelled_value') }}
            as {{ segmentation.type_money() }}
        ) as purchased_value,

        -- dates
        as_of_date

    from customers

)

select * from final
