-- noqa: disable=RF04
with complete_months as (

    select * from {{ ref('int_segment_sales') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

-- The month that the as-of date cuts off, by the segments of today.
open_month as (

    select
        cast({{ dbt.date_trunc('month', 'as_of.as_of_date') }} as date) as month,
        assignments.segment,
        count(distinct case when customer_days.sale_lines > 0 then customer_days.customer_id end) as customers,
        cast(sum(customer_days.orders) as bigint) as orders,
        cast(sum(customer_days.purchased) as {{ segmentation.type_money_total() }}) as revenue,
        cast(sum(customer_days.returned) as {{ segmentation.type_money_total() }}) as returned_value
    from customer_days
    cross join as_of
    left join assignments on customer_days.customer_id = assignments.customer_id
    where
        customer_days.activity_date >= {{ dbt.date_trunc('month', 'as_of.as_of_date') }}
        and customer_days.activity_date < as_of.as_of_date
    group by as_of.as_of_date, assignments.segment

),

final as (

    {%- for source in ['complete_months', 'open_month'] %}

    select
        month,
        segment,
        customers,
        orders,
        revenue,
        returned_value
    from {{ source }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
