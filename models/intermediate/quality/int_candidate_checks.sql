with chosen as (

    select * from {{ ref('int_segmentation_candidates') }}
    where
        is_chosen
        and fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

fitted as (

    select * from {{ ref('int_segmentation_model') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

stability as (

    select distinct
        segment,
        resamples,
        customers_resampled,
        jaccard,
        jaccard_error
    from fitted
    where resamples is not null

),

skews as (

    select distinct
        feature,
        skew_before,
        skew_after
    from fitted
    -- Of a yes or no it only says how rare one of them is.
    where feature <> 'is_repeat_customer'

),

final as (

    select
        {{ segmentation.quality_check(
            'chosen_candidate', 'segment_count', subject='algorithm', explanation='reason',
            verdict="case when segment_count = 1 or missed_bars <> '' then 'warn' else 'pass' end"
        ) }}
    from chosen

    union all

    select
        {{ segmentation.quality_check(
            'cluster_structure', 'structure_p_value', subject="'p-value'", bar='0.05',
            verdict="case when structure_p_value <= 0.05 or silhouette >= 0.7 then 'pass' else 'warn' end",
            explanation="case when structure_p_value <= 0.05 then 'clusters: the customers are set apart more than permuted data' "
            ~ "when silhouette >= 0.7 then 'clusters: a silhouette from 0.7 on is a strong structure, whatever permuted data show' "
            ~ "else 'no cluster structure: permuted data are set apart as much; the segments are slices of one cloud, good to act on, "
            ~ "but no groups that exist by themselves' end"
        ) }}
    from chosen
    where structure_p_value is not null

    union all

    select
        {{ segmentation.quality_check(
            'seed_ari', 'seed_ari', subject='algorithm', at_least=0.8,
            explanation="'adjusted Rand index with the clusters from other seeds'"
        ) }}
    from chosen
    where seed_ari is not null

    union all

    select
        {{ segmentation.quality_check(
            'split_half_ari', 'split_half_ari', subject='algorithm', at_least=0.6,
            explanation="'adjusted Rand index between the clusters of two halves of the customers'"
        ) }}
    from chosen
    where split_half_ari is not null

    union all

    select
        {{ segmentation.quality_check(
            'bootstrap_jaccard', 'jaccard', segment='segment', standard_error='jaccard_error', at_least=0.75,
            subject="resamples || ' resamples of ' || customers_resampled || ' customers'",
            explanation="case when jaccard >= 0.85 then 'highly stable: found again in nearly every resample' "
            ~ "when jaccard >= 0.75 then 'stable: found again in resamples' "
            ~ "when jaccard >= 0.6 then 'a pattern, but who belongs to it is doubtful' "
            ~ "else 'not stable: it dissolves in resamples' end"
        ) }}
    from stability

    union all

    select
        {{ segmentation.quality_check(
            'skew_before', 'skew_before', subject='feature', explanation="'skewness in original units; null where all customers are equal'"
        ) }}
    from skews

    union all

    select
        {{ segmentation.quality_check(
            'skew_after', 'skew_after', subject='feature', bar='2',
            verdict="case when abs(skew_after) <= 2 then 'pass' else 'warn' end",
            explanation="case when skew_after is null then 'all customers are equal on it: neither segments nor names can speak of it' "
            ~ "else 'skewness of the capped logarithm, which the segments are made of; the bar is for its size' end"
        ) }}
    from skews

)

select * from final
