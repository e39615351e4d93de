{{ config(materialized='view') }}

with customer_days as (

    select * from {{ ref('int_customer_days') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

final as (

    select
        customer_days.activity_date,
        cast(sum(customer_days.orders) as bigint) as orders
    from customer_days
    inner join as_of on customer_days.activity_date < as_of.as_of_date
    where customer_days.orders > 0
    group by customer_days.activity_date

)

select * from final
