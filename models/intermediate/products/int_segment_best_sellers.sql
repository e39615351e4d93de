{%- set days = var('validation_days') | int -%}
{%- set most_sellers = 40 -%}

with purchases as (

    select * from {{ ref('int_sampled_purchases') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

offered_products as (

    select * from {{ ref('int_products') }}
    where is_offered

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

recent_purchases as (

    select distinct
        purchases.customer_id,
        purchases.product_code
    from purchases
    inner join offered_products on purchases.product_code = offered_products.product_code
    inner join as_of
        on
            purchases.purchase_date < as_of.as_of_date
            and purchases.purchase_date >= {{ segmentation.dateadd('day', -days, 'as_of.as_of_date') }}

),

sellers as (

    select
        product_code,
        count(*) as customers
    from recent_purchases
    group by product_code

),

sellers_of_segments as (

    select
        assignments.segment,
        recent_purchases.product_code,
        count(*) as customers
    from recent_purchases
    inner join assignments on recent_purchases.customer_id = assignments.customer_id
    group by assignments.segment, recent_purchases.product_code

),

segments as (

    select distinct segment
    from assignments

),

-- A segment whose customers bought nothing lately has the best sellers of all.
ranked as (

    select
        segments.segment,
        sellers.product_code,
        row_number() over (
            partition by segments.segment
            order by
                coalesce(sellers_of_segments.customers, 0) desc,
                sellers.customers desc,
                sellers.product_code asc
        ) as seller_rank
    from segments
    cross join sellers
    left join sellers_of_segments
        on
            segments.segment = sellers_of_segments.segment
            and sellers.product_code = sellers_of_segments.product_code

),

final as (

    select
        -- ids
        segment,
        product_code,

        -- numerics
        seller_rank

    from ranked
    where seller_rank <= {{ most_sellers }}

)

select * from final
