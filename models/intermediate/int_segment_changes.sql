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

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

-- The last month end at which the customer was in another segment than today.
last_changes as (

    select
        assignments.customer_id,
        max(segment_history.month_end) as month_end
    from assignments
    inner join segment_history on assignments.customer_id = segment_history.customer_id
    where segment_history.segment <> assignments.segment
    group by assignments.customer_id

),

first_stays as (

    select
        segment_history.customer_id,
        min(segment_history.month_end) as month_end
    from segment_history
    left join last_changes on segment_history.customer_id = last_changes.customer_id
    where
        last_changes.month_end is null
        or segment_history.month_end > last_changes.month_end
    group by segment_history.customer_id

),

final as (

    select
        assignments.customer_id,
        segment_history.segment as previous_segment,
        coalesce(first_stays.month_end, as_of.as_of_date) as segment_since
    from assignments
    cross join as_of
    left join last_changes on assignments.customer_id = last_changes.customer_id
    left join segment_history
        on
            last_changes.customer_id = segment_history.customer_id
            and last_changes.month_end = segment_history.month_end
    left join first_stays on assignments.customer_id = first_stays.customer_id

)

select * from final
