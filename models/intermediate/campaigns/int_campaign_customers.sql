{%- set measures = {'orders': 'orders', 'revenue': 'purchased', 'returned_value': 'returned'} -%}
{%- set facts = ['campaign_group', 'segment', 'stratum', 'holdout_share', 'assigned_on', 'list_seal'] -%}
{%- set length = segmentation.days_between('campaigns.starts_on', 'campaigns.ends_on') %}

-- Lists drawn elsewhere may name a customer twice in the same group.
with campaigns as (

    select
        campaign,
        row_number() over (order by campaign) as campaign_number,
        min(starts_on) as starts_on,
        min(ends_on) as ends_on,
        count(*) > count(distinct customer_id) as is_repeating
    from {{ ref('base_campaign_lists') }}
    where problem is null
    group by campaign

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

-- Of as long a time before the start as the campaign is planned to last, and of its days so far.
timed as (

    select
        campaigns.*,
        cast(as_of.as_of_date - interval 1 day as date) as known_until,
        cast({{ segmentation.dateadd('day', '-1 - ' ~ length, 'campaigns.starts_on') }} as date) as before_from
    from campaigns
    cross join as_of

),

-- Read apart from the rows below: what is named once is not kept in memory. Numbers are joined and grouped by faster
-- than names.
known_customers as (

    select
        timed.campaign_number,
        timed.before_from,
        timed.starts_on,
        least(timed.ends_on, timed.known_until) as observed_until,
        totals.ledger_key
    from {{ ref('base_campaign_lists') }} as listed
    inner join timed on listed.campaign = timed.campaign
    inner join {{ ref('int_customer_totals') }} as totals on listed.customer_id = totals.customer_id
    where
        listed.problem is null
        and not timed.is_repeating

    union all

    select distinct
        timed.campaign_number,
        timed.before_from,
        timed.starts_on,
        least(timed.ends_on, timed.known_until) as observed_until,
        totals.ledger_key
    from {{ ref('base_campaign_lists') }} as listed
    inner join timed on listed.campaign = timed.campaign
    inner join {{ ref('int_customer_totals') }} as totals on listed.customer_id = totals.customer_id
    where
        listed.problem is null
        and timed.is_repeating

),

days as (

    select
        known_customers.campaign_number,
        known_customers.ledger_key,
        customer_days.activity_date >= known_customers.starts_on as is_in_campaign,
        customer_days.orders,
        customer_days.purchased,
        customer_days.returned
    from known_customers
    inner join customer_days on known_customers.ledger_key = customer_days.ledger_key
    where
        customer_days.activity_date >= known_customers.before_from
        and customer_days.activity_date <= known_customers.observed_until

),

sums as (

    select
        {%- for name, column in measures.items() %}
        {%- set type = 'bigint' if name == 'orders' else segmentation.type_money() %}
        cast(sum(case when is_in_campaign then {{ column }} else 0 end) as {{ type }}) as {{ name }},
        cast(sum(case when is_in_campaign then 0 else {{ column }} end) as {{ type }}) as {{ name }}_before,
        {%- endfor %}
        campaign_number,
        ledger_key
    from days
    group by campaign_number, ledger_key

),

-- Only lists that repeat somebody are gone through by customer.
lists as (

    select
        {%- for fact in facts %}
        once.{{ fact }},
        {%- endfor %}
        once.is_contacted,
        once.campaign,
        once.customer_id
    from {{ ref('base_campaign_lists') }} as once
    inner join campaigns on once.campaign = campaigns.campaign
    where
        once.problem is null
        and not campaigns.is_repeating

    union all

    select
        {%- for fact in facts %}
        min(twice.{{ fact }}) as {{ fact }},
        {%- endfor %}
        max(twice.is_contacted) as is_contacted,
        twice.campaign,
        twice.customer_id
    from {{ ref('base_campaign_lists') }} as twice
    inner join campaigns on twice.campaign = campaigns.campaign
    where
        twice.problem is null
        and campaigns.is_repeating
    group by twice.campaign, twice.customer_id

),

final as (

    select
        -- ids
        lists.campaign,
        lists.customer_id,
        totals.ledger_key,

        -- text
        lists.campaign_group,
        lists.segment,
        lists.stratum,
        lists.list_seal,

        -- numerics
        lists.holdout_share,
        {%- for moment in ['', '_before'] %}
        {%- for name in measures %}
        coalesce(sums.{{ name }}{{ moment }}, 0) as {{ name }}{{ moment }},
        {%- endfor %}
        {%- endfor %}

        -- booleans
        lists.is_contacted,

        -- dates
        lists.assigned_on,
        timed.starts_on,
        timed.ends_on,
        timed.known_until

    from lists
    inner join timed on lists.campaign = timed.campaign
    left join {{ ref('int_customer_totals') }} as totals on lists.customer_id = totals.customer_id
    left join sums
        on
            timed.campaign_number = sums.campaign_number
            and totals.ledger_key = sums.ledger_key

)

select * from final
