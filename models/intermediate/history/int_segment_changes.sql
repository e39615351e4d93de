with assignments as (

    select * from {{ ref('int_segment_assignments') }}

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

-- One pass over the history: the last month end at which the customer was in another segment than today.
stays as (

    select
        assignments.customer_id,
        min(segment_history.month_end) as first_month_end,
        max(case when segment_history.segment <> assignments.segment then segment_history.month_end end)
            as last_other_month_end,
        {{ segmentation.latest_value(
            'segment_history.segment',
            'case when segment_history.segment <> assignments.segment then segment_history.month_end end'
        ) }} as previous_segment
    from assignments
    left join segment_history on assignments.customer_id = segment_history.customer_id
    group by assignments.customer_id

),

-- Who has bought is in the history of every month from then on.
next_months as (

    select
        month_end,
        lead(month_end) over (order by month_end) as next_month_end
    from history_months

),

final as (

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

)

select * from final
