with results as (

    select * from {{ ref('int_campaign_results') }}
    where is_latest

),

final as (

    select
        -- ids
        campaign,
        segment,
        measure,

        -- numerics
        campaign_customers,
        holdout_customers,
        cast(campaign_total as {{ segmentation.type_money_total() }}) as campaign_total,
        cast(holdout_total as {{ segmentation.type_money_total() }}) as holdout_total,
        cast(campaign_mean as {{ segmentation.type_money() }}) as campaign_mean,
        cast(holdout_mean as {{ segmentation.type_money() }}) as holdout_mean,
        cast(difference as {{ segmentation.type_money() }}) as difference,
        cast(difference_low as {{ segmentation.type_money() }}) as difference_low,
        cast(difference_high as {{ segmentation.type_money() }}) as difference_high,
        cast(relative_difference as decimal(18, 6)) as relative_difference,
        cast(relative_difference_low as decimal(18, 6)) as relative_difference_low,
        cast(relative_difference_high as decimal(18, 6)) as relative_difference_high,
        cast(unadjusted_difference as {{ segmentation.type_money() }}) as unadjusted_difference,
        cast(variance_reduction as decimal(18, 6)) as variance_reduction,
        cast(p_value as decimal(18, 6)) as p_value,
        cast(adjusted_p_value as decimal(18, 6)) as adjusted_p_value,
        cast(anytime_low as {{ segmentation.type_money() }}) as anytime_low,
        cast(anytime_high as {{ segmentation.type_money() }}) as anytime_high,
        cast(anytime_p_value as decimal(18, 6)) as anytime_p_value,
        cast(incremental as {{ segmentation.type_money_total() }}) as incremental,
        cast(incremental_low as {{ segmentation.type_money_total() }}) as incremental_low,
        cast(incremental_high as {{ segmentation.type_money_total() }}) as incremental_high,

        -- text
        verdict_code,
        verdict

    from results

)

select * from final
