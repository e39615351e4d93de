with fitted as (

    select * from {{ ref('int_segmentation_model') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

customers as (

    select * from {{ ref('int_customer_features') }}
    where frequency > 0

),

-- A fit of an earlier version has no rhythm: a quarter of a year, as where too few come back to tell.
rhythm as (

    select
        coalesce(max(gap_days), 90) as gap_days,
        coalesce(max(new_days), 90) as new_days,
        coalesce(max(returning_customers), 0) as returning_customers,
        coalesce(max(case when is_gap_estimated then 1 else 0 end), 0) = 1 as is_gap_estimated
    from fitted

),

counted as (

    select
        rhythm.gap_days,
        rhythm.new_days,
        rhythm.returning_customers,
        rhythm.is_gap_estimated,
        max(customers.as_of_date) as as_of_date,
        count(*) as customers,
        sum(case when customers.tenure_days <= rhythm.new_days then 1 else 0 end) as new_customers,
        sum(case when customers.recency_days <= 2 * rhythm.gap_days then 1 else 0 end) as active_customers,
        sum(case when customers.recency_days > 3 * rhythm.gap_days then 1 else 0 end) as gone_customers
    from customers
    cross join rhythm
    group by rhythm.gap_days, rhythm.new_days, rhythm.returning_customers, rhythm.is_gap_estimated

),

final as (

    select
        -- numerics
        cast(gap_days as integer) as gap_days,
        cast(2 * gap_days as integer) as active_days,
        cast(3 * gap_days as integer) as gone_days,
        cast(new_days as integer) as new_days,
        cast(returning_customers as bigint) as returning_customers,
        cast(customers as bigint) as customers,
        cast(new_customers as bigint) as new_customers,
        cast(active_customers as bigint) as active_customers,
        cast(customers - active_customers - gone_customers as bigint) as overdue_customers,
        cast(gone_customers as bigint) as gone_customers,

        -- booleans
        is_gap_estimated,

        -- text
        case
            when 10 * gone_customers >= 9 * customers then 'gone'
            when 10 * new_customers >= 9 * customers then 'new'
            when 2 * active_customers >= customers then 'active'
            else 'quiet'
        end as state,

        -- dates
        as_of_date
    from counted

)

select * from final
