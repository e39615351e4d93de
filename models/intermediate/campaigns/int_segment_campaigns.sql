{{ config(materialized='view') }}

with results as (

    select * from {{ ref('int_campaign_results') }}
    where
        measure = 'revenue'
        and is_latest
        and segment is not null
        and verdict_code in ('works', 'harms', 'no_effect_seen')

),

final as (

    select
        segment,
        count(*) as campaigns_measured,
        cast(sum(case when verdict_code = 'works' then 1 else 0 end) as bigint) as campaigns_that_worked,
        cast(sum(cast(incremental as {{ segmentation.type_money_total() }})) as {{ segmentation.type_money_total() }})
            as campaign_incremental_revenue
    from results
    group by segment

)

select * from final
