with features as (

    select * from {{ ref('int_customer_features') }}

),

return_behavior as (

    select * from {{ ref('int_return_behavior') }}

),

scores as (

    select * from {{ ref('int_rfm_scores') }}

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

nearest_centroids as (

    select * from {{ ref('int_nearest_centroids') }}

),

-- Read apart from the assignments above: what is named twice is kept in memory.
segments_today as (

    select
        customer_id,
        segment
    from {{ ref('int_segment_assignments') }}

),

segment_history as (

    select
        customer_id,
        month_end,
        segment
    from {{ ref('int_segment_history') }}

),

history_months as (

    select * from {{ ref('int_history_months') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

archetypes as (

    select * from {{ ref('segment_archetypes') }}

),

rfm_claims as (

    select * from {{ ref('rfm_segment_claims') }}

),

shop_rhythm as (

    select * from {{ ref('shop_rhythm') }}

),

overlays as (

    select * from archetypes
    where kind = 'overlay'

),

-- One pass over the history: the last month end at which the customer was in another segment than today.
stays as (

    select
        segments_today.customer_id,
        min(segment_history.month_end) as first_month_end,
        max(case when segment_history.segment <> segments_today.segment then segment_history.month_end end)
            as last_other_month_end,
        {{ segmentation.latest_value(
            'segment_history.segment',
            'case when segment_history.segment <> segments_today.segment then segment_history.month_end end'
        ) }} as previous_segment
    from segments_today
    left join segment_history on segments_today.customer_id = segment_history.customer_id
    group by segments_today.customer_id

),

-- Who has bought is in the history of every month from then on.
next_months as (

    select
        month_end,
        lead(month_end) over (order by month_end) as next_month_end
    from history_months

),

segment_changes as (

    select
        stays.customer_id,
        stays.previous_segment,
        case
            when stays.last_other_month_end is not null
                then coalesce(next_months.next_month_end, as_of.as_of_date)
            else coalesce(stays.first_month_end, as_of.as_of_date)
        end as segment_since
    from stays
    cross join as_of
    left join next_months on stays.last_other_month_end = next_months.month_end

),

final as (

    select
        -- ids
        features.customer_id,
        assignments.model_version,

        -- segments
        assignments.segment,
        cast(assignments.segment_confidence as decimal(9, 6)) as segment_confidence,
        assignments.runner_up_segment,
        nearest_centroids.centroid_segment,
        assignments.segment = nearest_centroids.centroid_segment as is_centroid_agreed,
        segment_changes.previous_segment,
        segment_changes.segment_since,
        assignments.is_outside_trained_range,
        cast(assignments.expected_buying_rate as decimal(9, 6)) as expected_buying_rate,
        -- Scores are relative: a name that is not true of the customer by the shop's rhythm gives way.
        coalesce(
            case
                when features.recency_days > 3 * shop_rhythm.gap_days then rfm_claims.name_if_gone
                when features.tenure_days > shop_rhythm.new_days and rfm_claims.name_if_known is not null
                    then rfm_claims.name_if_known
                when features.recency_days <= shop_rhythm.gap_days then rfm_claims.name_if_recent
            end,
            scores.rfm_segment
        ) as rfm_segment,
        case
            when return_behavior.is_high_return then overlays.recommended_action
            else archetypes.recommended_action
        end as recommended_action,

        -- measures
        cast(features.recency_days as bigint) as recency_days,
        features.frequency,
        features.monetary,
        features.returned_value,
        features.cancelled_value,
        features.net_monetary,
        features.return_rate,
        return_behavior.shrunk_return_rate,
        return_behavior.is_high_return,
        features.avg_order_value,
        cast(features.tenure_days as bigint) as tenure_days,
        features.interpurchase_days,

        -- scores
        scores.r_score,
        scores.f_score,
        scores.m_score,
        scores.rfm_score,

        -- text
        features.country,

        -- dates
        features.first_purchase_date,
        features.last_purchase_date,
        features.as_of_date

    from features
    inner join return_behavior on features.customer_id = return_behavior.customer_id
    inner join scores on features.customer_id = scores.customer_id
    inner join assignments on features.customer_id = assignments.customer_id
    inner join nearest_centroids on features.customer_id = nearest_centroids.customer_id
    inner join segment_changes on features.customer_id = segment_changes.customer_id
    left join archetypes on assignments.segment = archetypes.segment
    left join rfm_claims on scores.rfm_segment = rfm_claims.rfm_segment
    cross join shop_rhythm
    cross join overlays

)

select * from final
