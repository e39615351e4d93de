{{ config(materialized='view') }}

with customer_days as (

    select * from {{ ref('int_customer_days') }}

),

customers as (

    select * from {{ ref('int_customer_totals') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

purchases as (

    select
        customer_days.activity_date,
        customers.first_purchase_date,
        case when customer_days.activity_date = customers.first_purchase_date then 1 else 0 end as is_first
    from customer_days
    inner join customers on customer_days.customer_id = customers.customer_id
    inner join as_of on customer_days.activity_date < as_of.as_of_date
    where customer_days.sale_lines > 0

),

final as (

    select
        cast({{ dbt.date_trunc('week', 'first_purchase_date') }} as date) as first_week,
        cast({{ dbt.date_trunc('week', 'activity_date') }} as date) as purchase_week,
        sum(is_first) as customers,
        count(*) as purchase_days
    from purchases
    group by
        cast({{ dbt.date_trunc('week', 'first_purchase_date') }} as date),
        cast({{ dbt.date_trunc('week', 'activity_date') }} as date)

)

select * from final
