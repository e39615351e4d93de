{%- set days = var('validation_days') | int -%}
{#- Without the var it is the day after the last of all. -#}
{%- set as_of_date = segmentation.date_setting('as_of_date') -%}
{%- set is_known = 'sold.invoice_date < ' ~ as_of_date if var('as_of_date') else 'true' -%}

with customer_products as (

    select * from {{ ref('int_customer_products') }}

),

cancelled_lines as (

    select * from {{ ref('int_cancelled_lines') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

-- What the sums of customers do not say, in one reading of all lines. A copy says what its original does, and none is a
-- cancelled line.
lines as (

    select
        sold.product_code,
        max(case
            when sold.line_type = 'sale' and sold.customer_id is not null then sold.description
        end) as description,
        -sum(cancelled_lines.amount) as cancelled
    from {{ ref('int_classified_lines') }} as sold
    left join cancelled_lines on sold.line_id = cancelled_lines.line_id
    where
        sold.line_type in ('sale', 'return')
        and {{ is_known }}
        and {{ var('products') | lower }}
    group by sold.product_code

),

sums as (

    select
        product_code,
        sum(case when orders > 0 then 1 else 0 end) as customers,
        sum(orders) as orders,
        sum(purchased) as purchased,
        sum(returned) as returned,
        max(last_purchase_date) as last_purchase_date
    from customer_products
    group by product_code

),

judged as (

    select
        sums.*,
        lines.description,
        2 * (sums.returned - coalesce(lines.cancelled, 0))
        >= sums.purchased - coalesce(lines.cancelled, 0) as is_mostly_returned
    from sums
    left join lines on sums.product_code = lines.product_code

),

final as (

    select
        -- ids
        judged.product_code,

        -- text
        judged.description,

        -- numerics
        cast(judged.customers as bigint) as customers,
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

)

select * from final
