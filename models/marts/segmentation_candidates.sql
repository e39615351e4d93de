with candidates as (

    select * from {{ ref('int_segmentation_candidates') }}

),

final as (

    select
        algorithm,
        segment_count,
        wcss,
        silhouette,
        calinski_harabasz,
        davies_bouldin,
        smallest_share,
        is_elbow,
        is_chosen,
        reason
    from candidates

)

select * from final
