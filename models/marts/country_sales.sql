-- noqa: disable=RF04
with complete_months as (

    select * from {{ ref('int_country_sales') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

customer_features as (

    select * from {{ ref('int_customer_features') }}

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

-- The month that the as-of date cuts off, by the countries and segments of today.
open_month as (

    select
        cast({{ dbt.date_trunc('month', 'customer_features.as_of_date') }} as date) as month,
        customer_features.country,
        assignments.segment,
        count(distinct case when customer_days.sale_lines > 0 then customer_days.customer_id end) as customers,
        cast(sum(customer_days.orders) as bigint) as orders,
        cast(sum(customer_days.purchased) as {{ segmentation.type_money_total() }}) as revenue,
        cast(sum(customer_days.returned) as {{ segmentation.type_money_total() }}) as returned_value
    from customer_days
    inner join customer_features on customer_days.customer_id = customer_features.customer_id
    left join assignments on customer_days.customer_id = assignments.customer_id
    where
        customer_days.activity_date >= {{ dbt.date_trunc('month', 'customer_features.as_of_date') }}
        and customer_days.activity_date < customer_features.as_of_date
    group by customer_features.as_of_date, customer_features.country, assignments.segment

),

final as (

    {%- for source in ['complete_months', 'open_month'] %}

    select
        month,
        country,
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
