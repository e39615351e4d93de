with fits as (

    select * from {{ ref('int_fits') }}

),

segments as (

    select
        fit_number,
        fitted_as_of,
        model_version,
        {{ segmentation.list_rows('segments') }}
    from fits

),

final as (

    select
        fit_number,
        fitted_as_of,
        model_version,
        segment_number,
        segment,
        feature_number,
        feature,
        center,
        scale,
        low,
        high,
        lowest,
        highest,
        value_if_unknown,
        scaled_centroid,
        centroid,
        skew_before,
        skew_after,
        customers_fitted,
        gap_days,
        new_days,
        returning_customers,
        is_gap_estimated,
        min_orders,
        max_orders,
        min_silent_days,
        max_silent_days,
        min_known_days,
        max_known_days,
        buying_rate,
        resamples,
        customers_resampled,
        jaccard,
        jaccard_error
    from segments

)

select * from final
