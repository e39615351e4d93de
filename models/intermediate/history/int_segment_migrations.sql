{{ config(materialized='by_part', part_key='migrations_key') }}

with months as (

    {{ segmentation.pending_parts(ref('int_history_months'), [
        'history_key', 'coalesce(previous_history_key, 0)', 'coalesce(earlier_history_key, 0)'
    ], 'migrations_key') }}

),

segment_history as (

    select * from {{ ref('int_segment_history') }}

),

origins as (

    select
        months.migrations_key,
        months.month_end,
        segment_history.customer_id,
        segment_history.segment,
        segment_history.frequency,
        segment_history.monetary
    from segment_history
    inner join months on segment_history.history_key = months.previous_history_key

),

earlier as (

    select
        months.month_end,
        segment_history.customer_id,
        segment_history.segment
    from segment_history
    inner join months on segment_history.history_key = months.earlier_history_key

),

destinations as (

    select
        months.migrations_key,
        months.month_end,
        segment_history.customer_id,
        segment_history.segment,
        segment_history.frequency,
        segment_history.monetary
    from segment_history
    inner join months on segment_history.history_key = months.history_key

),

final as (

    select
        coalesce(destinations.migrations_key, origins.migrations_key) as migrations_key,
        coalesce(destinations.month_end, origins.month_end) as month_end,
        coalesce(origins.segment, 'New customers') as from_segment,
        coalesce(destinations.segment, 'Lost customers') as to_segment,
        count(*) as customers,
        count(case when origins.frequency = destinations.frequency then 1 end) as customers_without_purchase,
        count(case when earlier.segment = destinations.segment and earlier.segment <> origins.segment then 1 end)
            as customers_moved_back,
        cast(coalesce(sum(origins.monetary), 0) as {{ segmentation.type_money_total() }}) as monetary_before,
        cast(coalesce(sum(destinations.monetary), 0) as {{ segmentation.type_money_total() }}) as monetary
    from origins
    full outer join destinations
        on
            origins.month_end = destinations.month_end
            and origins.customer_id = destinations.customer_id
    left join earlier
        on
            origins.month_end = earlier.month_end
            and origins.customer_id = earlier.customer_id
    group by
        coalesce(destinations.migrations_key, origins.migrations_key),
        coalesce(destinations.month_end, origins.month_end),
        coalesce(origins.segment, 'New customers'),
        coalesce(destinations.segment, 'Lost customers')

)

select * from final
