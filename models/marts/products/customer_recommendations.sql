with recommendations as (

    select * from {{ ref('int_recommendations') }}

),

products as (

    select * from {{ ref('int_products') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

final as (

    select
        -- ids
        recommendations.customer_id,
        recommendations.recommendation_rank,
        recommendations.product_code,
        recommendations.reason_product_code,

        -- text
        products.description,
        reasons.description as reason_description,
        recommendations.basis,

        -- numerics
        recommendations.score,

        -- dates
        as_of.as_of_date

    from recommendations
    cross join as_of
    inner join products on recommendations.product_code = products.product_code
    left join products as reasons on recommendations.reason_product_code = reasons.product_code

)

select * from final
