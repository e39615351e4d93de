{%- set days = var('validation_days') | int -%}

with customer_products as (

    select * from {{ ref('int_customer_products') }}

),

purchases as (

    select * from {{ ref('int_sampled_purchases') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

descriptions as (

    select
        product_code,
        max(description) as description
    from purchases
    group by product_code

),

sums as (

    select
        product_code,
        count(first_purchase_date) as customers,
        sum(orders) as orders,
        sum(purchased) as purchased,
        sum(returned) as returned,
        sum(cancelled) as cancelled,
        max(last_purchase_date) as last_purchase_date
    from customer_products
    group by product_code

),

judged as (

    select
        *,
        2 * (returned - cancelled) >= purchased - cancelled as is_mostly_returned
    from sums

),

final as (

    select
        -- ids
        judged.product_code,

        -- text
        descriptions.description,

        -- numerics
        judged.customers,
        cast(judged.orders as bigint) as orders,
        cast(judged.purchased as {{ segmentation.type_money_total() }}) as purchased,

        -- booleans
        judged.is_mostly_returned,
        not judged.is_mostly_returned
        and coalesce(
            judged.last_purchase_date >= {{ segmentation.dateadd('day', -days, 'as_of.as_of_date') }}, false
        ) as is_offered,

        -- dates
        judged.last_purchase_date

    from judged
    cross join as_of
    left join descriptions on judged.product_code = descriptions.product_code

)

select * from final
