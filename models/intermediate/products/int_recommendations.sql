{%- set days = var('validation_days') | int -%}
{%- set given = 5 -%}

with customer_products as (

    select * from {{ ref('int_customer_products') }}

),

customers as (

    select * from {{ ref('int_clustering_features') }}
    where {{ var('products') | lower }}

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

products as (

    select * from {{ ref('int_products') }}

),

purchases as (

    select * from {{ ref('int_sampled_purchases') }}

),

-- Where nothing beats best sellers, best sellers are given. Where it could not be tried, what goes with a product is.
trials as (

    select count(*) as lost
    from {{ ref('int_recommendation_trial') }}
    where
        segment is null
        and measure = 'hit_share'
        and list_length = 10
        and bought_with < best_sellers

),

-- No longer sold: not within the days before the as-of date.
offered_products as (

    select products.product_code
    from products
    inner join as_of
        on products.last_purchase_date >= {{ segmentation.dateadd('day', -days, 'as_of.as_of_date') }}
    where not products.is_mostly_returned

),

pairs as (

    select pairs.*
    from {{ ref('int_product_pairs') }} as pairs
    inner join as_of on pairs.known_until = as_of.as_of_date
    inner join offered_products on pairs.other_product_code = offered_products.product_code
    inner join trials on trials.lost = 0

),

looked_at as (

    select {{ segmentation.products_looked_at('count(*)') }} as known_products
    from customers

),

going_with as (

    {{ segmentation.unbought_products('customer_products', 'pairs', '(select looked_at.known_products from looked_at)', given) | indent(4) }}

),

-- The product that most of a score comes from.
reasons as (

    select
        going_with.customer_id,
        going_with.product_code,
        customer_products.product_code as reason_product_code,
        row_number() over (
            partition by going_with.customer_id, going_with.product_code
            order by pairs.similarity desc, customer_products.product_code asc
        ) as reason_rank
    from going_with
    inner join pairs on going_with.product_code = pairs.other_product_code
    inner join customer_products
        on
            going_with.customer_id = customer_products.customer_id
            and pairs.product_code = customer_products.product_code
    cross join looked_at
    where customer_products.recency_rank <= looked_at.known_products

),

sellers as (

    select
        assignments.segment,
        purchases.product_code,
        count(distinct purchases.customer_id) as customers
    from purchases
    inner join assignments on purchases.customer_id = assignments.customer_id
    inner join offered_products on purchases.product_code = offered_products.product_code
    inner join as_of
        on purchases.purchase_date >= {{ segmentation.dateadd('day', -days, 'as_of.as_of_date') }}
    group by assignments.segment, purchases.product_code

),

best_sellers as (

    select
        *,
        row_number() over (partition by segment order by customers desc, product_code asc) as seller_rank
    from sellers

),

bought_products as (

    select
        customer_id,
        count(*) as products
    from customer_products
    group by customer_id

),

given_customers as (

    select
        customer_id,
        count(*) as products
    from going_with
    group by customer_id

),

lacking_customers as (

    select
        customers.customer_id,
        assignments.segment,
        bought_products.products + {{ given }} as sellers_to_look_at,
        coalesce(given_customers.products, 0) as products
    from customers
    inner join assignments on customers.customer_id = assignments.customer_id
    inner join bought_products on customers.customer_id = bought_products.customer_id
    left join given_customers on customers.customer_id = given_customers.customer_id
    where coalesce(given_customers.products, 0) < {{ given }}

),

best_unbought as (

    select
        lacking_customers.customer_id,
        best_sellers.product_code,
        lacking_customers.products + row_number() over (
            partition by lacking_customers.customer_id
            order by best_sellers.seller_rank
        ) as product_rank
    from lacking_customers
    inner join best_sellers
        on
            lacking_customers.segment = best_sellers.segment
            and best_sellers.seller_rank <= lacking_customers.sellers_to_look_at
    left join customer_products
        on
            lacking_customers.customer_id = customer_products.customer_id
            and best_sellers.product_code = customer_products.product_code
    left join going_with
        on
            lacking_customers.customer_id = going_with.customer_id
            and best_sellers.product_code = going_with.product_code
    where
        customer_products.product_code is null
        and going_with.product_code is null

),

recommended as (

    select
        going_with.customer_id,
        going_with.product_code,
        going_with.product_rank,
        going_with.score,
        'bought_with' as method,
        reasons.reason_product_code
    from going_with
    inner join reasons
        on
            going_with.customer_id = reasons.customer_id
            and going_with.product_code = reasons.product_code
            and reasons.reason_rank = 1
    union all
    select
        customer_id,
        product_code,
        product_rank,
        null as score,
        'best_seller' as method,
        null as reason_product_code
    from best_unbought
    where product_rank <= {{ given }}

),

final as (

    select
        -- ids
        customer_id,
        product_code,
        reason_product_code,

        -- text
        method,

        -- numerics
        cast(product_rank as integer) as recommendation_rank,
        cast(score as decimal(12, 6)) as score

    from recommended

)

select * from final
