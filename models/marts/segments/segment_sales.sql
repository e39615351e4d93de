-- noqa: disable=RF04
with country_sales as (

    select * from {{ ref('country_sales') }}

),

final as (

    select
        month,
        segment,
        cast(sum(customers) as bigint) as customers,
        cast(sum(orders) as bigint) as orders,
        cast(sum(revenue) as {{ segmentation.type_money_total() }}) as revenue,
        cast(sum(returned_value) as {{ segmentation.type_money_total() }}) as returned_value
    from country_sales
    group by month, segment

)

select * from final
