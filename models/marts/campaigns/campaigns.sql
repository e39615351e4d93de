with known as (

    select * from {{ ref('int_campaigns') }}

),

results as (

    select * from {{ ref('int_campaign_results') }}
    where
        measure = 'revenue'
        and segment is null
        and is_latest

),

final as (

    select
        -- ids
        known.campaign,

        -- text
        known.source_file,
        known.state,

        -- dates
        known.starts_on,
        known.ends_on,
        known.observed_until,

        -- numerics
        cast(
            coalesce({{ segmentation.days_between('known.starts_on', 'known.observed_until') }} + 1, 0) as bigint
        ) as days_observed,
        known.customers,
        known.campaign_customers,
        known.holdout_customers,
        cast(known.holdout_share as decimal(9, 6)) as holdout_share,
        known.unknown_customers,
        known.vanished_customers,
        known.overlapping_customers,
        cast(results.sample_ratio_p_value as decimal(18, 6)) as sample_ratio_p_value,
        cast(results.detectable_difference as {{ segmentation.type_money() }}) as detectable_difference,

        -- findings
        known.is_sealed,
        results.finding_codes,
        results.findings,

        -- verdict
        results.verdict_code,
        results.verdict,
        cast(results.incremental as {{ segmentation.type_money_total() }}) as incremental_revenue,
        cast(results.incremental_low as {{ segmentation.type_money_total() }}) as incremental_revenue_low,
        cast(results.incremental_high as {{ segmentation.type_money_total() }}) as incremental_revenue_high,
        known.model_version

    from known
    inner join results on known.campaign = results.campaign

)

select * from final
