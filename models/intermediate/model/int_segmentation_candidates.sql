with fits as (

    select * from {{ ref('int_fits') }}

),

candidates as (

    select
        fit_number,
        {{ segmentation.list_rows('candidates') }}
    from fits

),

final as (

    select
        fit_number,
        algorithm,
        segment_count,
        setting,
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
        missed_bars,
        reason,
        structure_p_value
    from candidates

)

select * from final
