with silhouettes as (

    select * from {{ ref('int_segment_silhouettes') }}

),

final as (

    select
        customer_id,
        segment,
        silhouette,
        model_version
    from silhouettes

)

select * from final
