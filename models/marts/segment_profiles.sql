with customers as (

    select * from {{ ref('customer_segments') }}

),

fitted as (

    select * from {{ ref('int_segmentation_model') }}

),

archetypes as (

    select * from {{ ref('segment_archetypes') }}

),

overlays as (

    select * from archetypes
    where kind = 'overlay'

),

-- A fitted segment that nobody is in today keeps its row, and so does the overlay.
shown_segments as (

    select distinct
        segment,
        'cluster' as kind
    from fitted

    union all

    select
        segment,
        kind
    from overlays

),

members as (

    select
        segment,
        recency_days,
        frequency,
        monetary,
        return_rate
    from customers

    union all

    select
        overlays.segment,
        customers.recency_days,
        customers.frequency,
        customers.monetary,
        customers.return_rate
    from customers
    cross join overlays
    where customers.is_high_return

),

totals as (

    select
        count(*) as customers,
        sum(monetary) as revenue
    from customers

),

profiles as (

    select
        segment,
        count(*) as customers,
        sum(monetary) as revenue,
        {{ segmentation.median_value('recency_days') }} as median_recency_days,
        {{ segmentation.median_value('frequency') }} as median_frequency,
        {{ segmentation.median_value('monetary') }} as median_monetary,
        {{ segmentation.median_value('return_rate') }} as median_return_rate
    from members
    group by segment

),

shares as (

    select
        profiles.segment,
        {{ segmentation.share_of('profiles.customers', 'totals.customers') }} as customer_share,
        {{ segmentation.share_of('profiles.revenue', 'totals.revenue') }} as revenue_share
    from profiles
    cross join totals

),

final as (

    select
        -- text
        shown_segments.segment,
        shown_segments.kind,
        archetypes.explanation,
        archetypes.recommended_action,
        archetypes.goal,

        -- numerics
        coalesce(profiles.customers, 0) as customers,
        cast(coalesce(shares.customer_share, 0) as decimal(9, 6)) as customer_share,
        cast(coalesce(profiles.revenue, 0) as {{ segmentation.type_money_total() }}) as revenue,
        cast(coalesce(shares.revenue_share, 0) as decimal(9, 6)) as revenue_share,
        cast(profiles.median_recency_days as decimal(10, 1)) as median_recency_days,
        cast(profiles.median_frequency as decimal(10, 1)) as median_frequency,
        cast(profiles.median_monetary as {{ segmentation.type_money_total() }}) as median_monetary,
        cast(profiles.median_return_rate as decimal(9, 6)) as median_return_rate,
        archetypes.holdout_share

    from shown_segments
    left join profiles on shown_segments.segment = profiles.segment
    left join shares on shown_segments.segment = shares.segment
    left join archetypes on shown_segments.segment = archetypes.segment

)

select * from final
