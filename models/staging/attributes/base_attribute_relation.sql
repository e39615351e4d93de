{{ config(materialized='view') }}

with final as (

    {{ segmentation.named_table(var('attribute_relation') | string) }}

)

select * from final
