with candidates as (

    select * from {{ ref('int_segmentation_candidates') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

final as (

    select
        algorithm,
        segment_count,
        customers_evaluated,
        wcss,
        silhouette,
        silhouette_error,
        silhouette_excess,
        silhouette_excess_error,
        calinski_harabasz,
        davies_bouldin,
        gap,
        gap_error,
        min_jaccard,
        min_jaccard_error,
        seed_ari,
        split_half_ari,
        smallest_share,
        unclustered_share,
        is_elbow,
        is_gap_choice,
        is_chosen,
        reason
    from candidates

)

select * from final
