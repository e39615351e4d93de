with shares as (

    select * from {{ ref('int_segment_shares') }}

),

last_build as (

    select max(build_number) as build_number
    from shares

),

today as (

    select shares.*
    from shares
    inner join last_build on shares.build_number = last_build.build_number

),

-- Another model on the same data is no other day.
other_data as (

    select max(shares.build_number) as build_number
    from shares
    inner join today
        on
            shares.as_of_date <> today.as_of_date
            or shares.all_customers <> today.all_customers
            or shares.all_orders <> today.all_orders
            or shares.all_purchased_value <> today.all_purchased_value

),

earlier as (

    select shares.*
    from shares
    inner join other_data on shares.build_number = other_data.build_number

),

-- A segment may be in one of the two builds only.
both_builds as (

    select
        segment,
        customers as customers_today,
        0 as customers_before
    from today

    union all

    select
        segment,
        0 as customers_today,
        customers as customers_before
    from earlier

),

counted as (

    select
        segment,
        sum(customers_today) as customers_today,
        sum(customers_before) as customers_before
    from both_builds
    group by segment

),

totals as (

    select
        max(today.all_customers) as all_today,
        max(earlier.all_customers) as all_before,
        max(earlier.as_of_date) as as_of_date_before
    from today
    cross join earlier

),

shared as (

    select
        counted.segment,
        totals.all_today,
        totals.all_before,
        totals.as_of_date_before,
        cast(counted.customers_today as double) / totals.all_today as share_today,
        cast(counted.customers_before as double) / totals.all_before as share_before
    from counted
    cross join totals
    where totals.all_before is not null

),

final as (

    select
        segment,
        as_of_date_before,
        share_before,
        share_today,
        share_today - share_before as share_change,
        sqrt(
            share_today * (1 - share_today) / all_today + share_before * (1 - share_before) / all_before
        ) as standard_error
    from shared

)

select * from final
