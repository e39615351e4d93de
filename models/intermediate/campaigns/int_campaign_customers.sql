{%- set measures = {'orders': 'orders', 'revenue': 'purchased', 'returned_value': 'returned'} -%}
{%- set facts = [
    'campaign_group', 'segment', 'stratum', 'holdout_share', 'assigned_on', 'starts_on', 'ends_on', 'list_seal',
] -%}
{%- set length = segmentation.days_between('lists.starts_on', 'lists.ends_on') %}

-- Lists drawn elsewhere may name a customer twice in the same group.
with repeating as (

    select campaign
    from {{ ref('base_campaign_lists') }}
    where problem is null
    group by campaign
    having count(*) > count(distinct customer_id)

),

-- Only those are gone through by customer, which takes longer than all else with millions of them.
lists as (

    select
        {%- for fact in facts %}
        once.{{ fact }},
        {%- endfor %}
        once.is_contacted,
        once.campaign,
        once.customer_id
    from {{ ref('base_campaign_lists') }} as once
    left join repeating on once.campaign = repeating.campaign
    where
        once.problem is null
        and repeating.campaign is null

    union all

    select
        {%- for fact in facts %}
        min(twice.{{ fact }}) as {{ fact }},
        {%- endfor %}
        max(twice.is_contacted) as is_contacted,
        twice.campaign,
        twice.customer_id
    from {{ ref('base_campaign_lists') }} as twice
    inner join repeating on twice.campaign = repeating.campaign
    where twice.problem is null
    group by twice.campaign, twice.customer_id

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

known_customers as (

    select customer_id from {{ ref('int_customer_totals') }}

),

-- Of as long a time before the start as the campaign is planned to last, and of its days so far.
timed as (

    select
        lists.*,
        cast(as_of.as_of_date - interval 1 day as date) as known_until,
        cast({{ segmentation.dateadd('day', '-1 - ' ~ length, 'lists.starts_on') }} as date) as before_from
    from lists
    cross join as_of

),

days as (

    select
        timed.campaign,
        timed.customer_id,
        customer_days.activity_date >= timed.starts_on as is_in_campaign,
        customer_days.orders,
        customer_days.purchased,
        customer_days.returned
    from timed
    inner join customer_days on timed.customer_id = customer_days.customer_id
    where
        customer_days.activity_date >= timed.before_from
        and customer_days.activity_date <= timed.ends_on
        and customer_days.activity_date <= timed.known_until

),

sums as (

    select
        {%- for name, column in measures.items() %}
        sum(case when is_in_campaign then {{ column }} else 0 end) as {{ name }},
        sum(case when is_in_campaign then 0 else {{ column }} end) as {{ name }}_before,
        {%- endfor %}
        campaign,
        customer_id
    from days
    group by campaign, customer_id

),

final as (

    select
        -- ids
        timed.campaign,
        timed.customer_id,

        -- text
        timed.campaign_group,
        timed.segment,
        timed.stratum,
        timed.list_seal,

        -- numerics
        timed.holdout_share,
        cast(coalesce(sums.orders, 0) as bigint) as orders,
        cast(coalesce(sums.revenue, 0) as {{ segmentation.type_money() }}) as revenue,
        cast(coalesce(sums.returned_value, 0) as {{ segmentation.type_money() }}) as returned_value,
        cast(coalesce(sums.orders_before, 0) as bigint) as orders_before,
        cast(coalesce(sums.revenue_before, 0) as {{ segmentation.type_money() }}) as revenue_before,
        cast(coalesce(sums.returned_value_before, 0) as {{ segmentation.type_money() }}) as returned_value_before,

        -- booleans
        known_customers.customer_id is not null as is_known,
        timed.is_contacted,

        -- dates
        timed.assigned_on,
        timed.starts_on,
        timed.ends_on,
        timed.known_until

    from timed
    left join sums
        on
            timed.campaign = sums.campaign
            and timed.customer_id = sums.customer_id
    left join known_customers on timed.customer_id = known_customers.customer_id

)

select * from final
