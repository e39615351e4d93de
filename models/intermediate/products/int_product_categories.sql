{{ config(materialized='view') }}

with product_categories as (

    select * from {{ ref('base_product_categories') }}

),

final as (

    select distinct
        category,
        upper({{ segmentation.clean_id('product_code') }}) as product_code
    from product_categories
    where category is not null

)

select * from final
