{%- set given = 5 -%}
{%- set known_products = '(select looked_at.known_products from looked_at)' -%}

-- The ledger of products is read where it is needed: one import for all would be kept in memory.
with customers as (

    select * from {{ ref('int_clustering_features') }}
    where {{ var('products') | lower }}

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

offered_products as (

    select * from {{ ref('int_products') }}
    where is_offered

),

top_sellers as (

    select * from {{ ref('int_segment_best_sellers') }}

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

-- By the key of the customer, which is a number.
going_with as (

    {{ segmentation.unbought_products(
        ref('int_customer_products'), 'pairs', known_products, given, customer='ledger_key'
    ) | indent(4) }}

),

-- The product that most of a score comes from.
reasons as (

    select
        going_with.ledger_key,
        customer_products.customer_id,
        going_with.product_code,
        going_with.product_rank,
        going_with.score,
        customer_products.product_code as reason_product_code,
        row_number() over (
            partition by going_with.ledger_key, going_with.product_code
            order by pairs.similarity desc, customer_products.product_code asc
        ) as reason_rank
    from going_with
    inner join pairs on going_with.product_code = pairs.other_product_code
    inner join {{ ref('int_customer_products') }} as customer_products
        on
            going_with.ledger_key = customer_products.ledger_key
            and pairs.product_code = customer_products.product_code
    cross join looked_at
    where customer_products.recency_rank <= looked_at.known_products

),

bought_with as (

    select * from reasons
    where reason_rank = 1

),

given_customers as (

    select
        customer_id,
        count(*) as product_count
    from bought_with
    group by customer_id

),

lacking_customers as (

    select
        customers.customer_id,
        assignments.segment,
        coalesce(given_customers.product_count, 0) as product_count
    from customers
    inner join assignments on customers.customer_id = assignments.customer_id
    left join given_customers on customers.customer_id = given_customers.customer_id
    where coalesce(given_customers.product_count, 0) < {{ given }}

),

bought_sellers as (

    select
        customer_products.customer_id,
        top_sellers.product_code
    from {{ ref('int_customer_products') }} as customer_products
    inner join lacking_customers on customer_products.customer_id = lacking_customers.customer_id
    inner join top_sellers
        on
            lacking_customers.segment = top_sellers.segment
            and customer_products.product_code = top_sellers.product_code

),

bought_counts as (

    select
        customer_id,
        count(*) as product_count
    from bought_sellers
    group by customer_id

),

-- Whoever bought b of the best sellers has not bought five of the first b + 5.
best_unbought as (

    select
        lacking_customers.customer_id,
        top_sellers.product_code,
        lacking_customers.product_count + row_number() over (
            partition by lacking_customers.customer_id
            order by top_sellers.seller_rank
        ) as product_rank
    from lacking_customers
    left join bought_counts on lacking_customers.customer_id = bought_counts.customer_id
    inner join top_sellers
        on
            lacking_customers.segment = top_sellers.segment
            and top_sellers.seller_rank <= coalesce(bought_counts.product_count, 0) + {{ given }}
    left join bought_sellers
        on
            lacking_customers.customer_id = bought_sellers.customer_id
            and top_sellers.product_code = bought_sellers.product_code
    left join bought_with
        on
            lacking_customers.customer_id = bought_with.customer_id
            and top_sellers.product_code = bought_with.product_code
    where
        bought_sellers.product_code is null
        and bought_with.product_code is null

),

recommended as (

    select
        customer_id,
        product_code,
        product_rank,
        score,
        'bought_with' as basis,
        reason_product_code
    from bought_with
    union all
    select
        customer_id,
        product_code,
        product_rank,
        null as score,
        'best_seller' as basis,
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
        basis,

        -- numerics
        cast(product_rank as integer) as recommendation_rank,
        cast(score as decimal(12, 6)) as score

    from recommended

)

select * from final
