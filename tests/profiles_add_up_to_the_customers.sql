-- The clusters of segment_profiles hold every customer and all revenue once; the overlay holds the flagged customers.
with profiles as (

    select
        sum(case when kind = 'cluster' then customers else 0 end) as customers,
        sum(case when kind = 'cluster' then revenue else 0 end) as revenue,
        sum(case when kind = 'overlay' then customers else 0 end) as high_returners
    from {{ ref('segment_profiles') }}

),

customers as (

    select
        count(*) as customers,
        sum(monetary) as revenue,
        sum(case when is_high_return then 1 else 0 end) as high_returners
    from {{ ref('customer_segments') }}

)

select
    profiles.customers,
    profiles.revenue,
    profiles.high_returners,
    customers.customers as expected_customers,
    customers.revenue as expected_revenue,
    customers.high_returners as expected_high_returners
from profiles
cross join customers
where
    profiles.customers <> customers.customers
    or profiles.revenue <> customers.revenue
    or profiles.high_returners <> customers.high_returners
