with results as (

    select * from {{ ref('int_campaign_results') }}
    where
        segment is null
        and activity_date is not null

),

campaigns as (

    select
        campaign,
        starts_on
    from {{ ref('int_campaigns') }}

),

final as (

    select
        -- ids
        results.campaign,
        results.measure,

        -- dates
        results.activity_date as day, -- noqa: RF04
        cast({{ segmentation.days_between('campaigns.starts_on', 'results.activity_date') }} as bigint)
            as days_since_start,

        -- numerics
        cast(results.difference as {{ segmentation.type_money() }}) as difference,
        cast(results.difference_low as {{ segmentation.type_money() }}) as difference_low,
        cast(results.difference_high as {{ segmentation.type_money() }}) as difference_high,
        cast(results.anytime_low as {{ segmentation.type_money() }}) as anytime_low,
        cast(results.anytime_high as {{ segmentation.type_money() }}) as anytime_high,
        cast(results.incremental as {{ segmentation.type_money_total() }}) as incremental

    from results
    inner join campaigns on results.campaign = campaigns.campaign

)

select * from final
