with final as (

    {{ segmentation.named_table(var('invoice_relation') | string) }}

)

select * from final
