with customer_days as (

    select * from {{ ref('int_customer_days') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

known_days as (

    select
        customer_days.*,
        as_of.as_of_date
    from customer_days
    inner join as_of on customer_days.activity_date < as_of.as_of_date

),

final as (

    {{ segmentation.customer_features_as_of('known_days') }}

)

select * from final
