-- noqa: disable=RF04
with complete_months as (

    select * from {{ ref('int_country_sales') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customer_features as (

    select
        customer_id,
        country
    from {{ ref('int_customer_features') }}

),

assignments as (

    select
        customer_id,
        segment
    from {{ ref('int_segment_assignments') }}

),

-- The month that the as-of date cuts off, by customer first: few of all days are of it.
customer_months as (

    select
        customer_days.customer_id,
        cast({{ dbt.date_trunc('month', 'max(customer_days.activity_date)') }} as date) as month,
        sum(customer_days.orders) as orders,
        sum(customer_days.sale_lines) as sale_lines,
        sum(customer_days.purchased) as purchased,
        sum(customer_days.returned) as returned
    from customer_days
    where
        customer_days.activity_date >= (select {{ dbt.date_trunc('month', 'as_of.as_of_date') }} from as_of)
        and customer_days.activity_date < (select as_of.as_of_date from as_of)
    group by customer_days.customer_id

),

open_month as (

    select
        customer_months.month,
        customer_features.country,
        assignments.segment,
        count(case when customer_months.sale_lines > 0 then customer_months.customer_id end) as customers,
        cast(sum(customer_months.orders) as bigint) as orders,
        cast(sum(customer_months.purchased) as {{ segmentation.type_money_total() }}) as revenue,
        cast(sum(customer_months.returned) as {{ segmentation.type_money_total() }}) as returned_value
    from customer_months
    inner join customer_features on customer_months.customer_id = customer_features.customer_id
    left join assignments on customer_months.customer_id = assignments.customer_id
    group by customer_months.month, customer_features.country, assignments.segment

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
