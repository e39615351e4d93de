{{ config(materialized='view') }}

with customers as (

    select * from {{ ref('int_campaign_customers') }}

),

final as (

    select
        -- ids
        campaign,
        customer_id,

        -- text
        campaign_group,
        segment,
        stratum,

        -- dates
        assigned_on,
        starts_on,
        ends_on,

        -- measures
        orders > 0 as bought,
        orders,
        revenue,
        returned_value,
        cast(revenue - returned_value as {{ segmentation.type_money() }}) as net_revenue,
        orders_before > 0 as bought_before,
        orders_before,
        revenue_before,
        returned_value_before,
        cast(revenue_before - returned_value_before as {{ segmentation.type_money() }}) as net_revenue_before

    from customers

)

select * from final
