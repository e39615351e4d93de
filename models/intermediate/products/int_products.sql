with customer_products as (

    select * from {{ ref('int_customer_products') }}

),

purchases as (

    select * from {{ ref('int_sampled_purchases') }}

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

final as (

    select
        -- ids
        sums.product_code,

        -- text
        descriptions.description,

        -- numerics
        sums.customers,
        cast(sums.orders as bigint) as orders,
        cast(sums.purchased as {{ segmentation.type_money_total() }}) as purchased,

        -- booleans
        2 * (sums.returned - sums.cancelled) >= sums.purchased - sums.cancelled as is_mostly_returned,

        -- dates
        sums.last_purchase_date

    from sums
    left join descriptions on sums.product_code = descriptions.product_code

)

select * from final
