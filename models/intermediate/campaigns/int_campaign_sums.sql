{%- set money = segmentation.type_money() -%}
{%- set group_columns = 'campaign, campaign_group, segment, stratum' -%}
{#- What a customer did in the time before, of the columns of int_campaign_customers and the campaign's cap. -#}
{%- set before = {
    'buyers': 'case when orders_before > 0 then 1 else 0 end',
    'orders': 'orders_before',
    'revenue': 'revenue_before',
    'revenue_capped': 'least(revenue_before, coalesce(revenue_cap, revenue_before))',
    'returned': 'returned_value_before',
    'net_revenue': 'cast(revenue_before - returned_value_before as ' ~ money ~ ')',
} -%}
{%- set measures = before.keys() | list -%}

with campaigns as (

    select * from {{ ref('int_campaigns') }}

),

customers as (

    select
        campaign,
        ledger_key,
        campaign_group,
        segment,
        stratum,
        orders_before,
        revenue_before,
        returned_value_before
    from {{ ref('int_campaign_customers') }}

),

customer_days as (

    select
        ledger_key,
        activity_date,
        orders,
        purchased,
        returned
    from {{ ref('int_customer_days') }}

),

-- Read apart from the customers above: what is named once is not kept in memory.
capped as (

    select
        everybody.campaign,
        everybody.campaign_group,
        everybody.segment,
        everybody.stratum,
        everybody.orders_before,
        everybody.revenue_before,
        everybody.returned_value_before,
        campaigns.starts_on,
        campaigns.observed_until,
        campaigns.revenue_cap
    from {{ ref('int_campaign_customers') }} as everybody
    inner join campaigns on everybody.campaign = campaigns.campaign

),

-- Who did nothing counts, too.
drawn as (

    select
        {%- for measure in measures %}
        sum({{ before[measure] }}) as {{ measure }}_x,
        sum({{ before[measure] }} * {{ before[measure] }}) as {{ measure }}_xx,
        {%- endfor %}
        {{ group_columns }},
        row_number() over (order by {{ group_columns }}) as group_number,
        min(starts_on) as starts_on,
        min(observed_until) as observed_until,
        min(revenue_cap) as revenue_cap,
        count(*) as customers
    from capped
    group by {{ group_columns }}

),

-- A number for the group: of millions of customers, what is sorted below is little.
numbered as (

    select
        drawn.group_number,
        drawn.starts_on,
        drawn.observed_until,
        customers.ledger_key,
        customers.orders_before,
        customers.revenue_before,
        customers.returned_value_before
    from customers
    inner join drawn
        on
            customers.campaign = drawn.campaign
            and customers.campaign_group = drawn.campaign_group
            and customers.segment is not distinct from drawn.segment
            and customers.stratum is not distinct from drawn.stratum

),

-- What a customer has done by the end of each day of the campaign on which something was done, and on the day itself.
by_day as (

    select
        {%- for column in ['orders', 'purchased', 'returned'] %}
        sum(customer_days.{{ column }}) over (
            partition by numbered.group_number, numbered.ledger_key
            order by customer_days.activity_date asc
            rows between unbounded preceding and current row
        ) as {{ column }}_so_far,
        customer_days.{{ column }},
        {%- endfor %}
        numbered.group_number,
        numbered.orders_before,
        numbered.revenue_before,
        numbered.returned_value_before,
        customer_days.activity_date
    from numbered
    inner join customer_days
        on
            numbered.ledger_key = customer_days.ledger_key
            and numbered.starts_on <= customer_days.activity_date
            and numbered.observed_until >= customer_days.activity_date

),

capped_by_day as (

    select
        by_day.*,
        drawn.revenue_cap
    from by_day
    inner join drawn on by_day.group_number = drawn.group_number

),

-- Each measure by the end of the day, and by the end of the day before.
measured as (

    select
        {%- for time, today in {'now': '', 'earlier': ' - '}.items() %}
        {%- set orders = 'orders_so_far' ~ (today ~ 'orders' if today) %}
        {%- set revenue = 'purchased_so_far' ~ (today ~ 'purchased' if today) %}
        {%- set returned = 'returned_so_far' ~ (today ~ 'returned' if today) %}
        case when {{ orders }} > 0 then 1 else 0 end as buyers_{{ time }},
        cast({{ orders }} as bigint) as orders_{{ time }},
        cast({{ revenue }} as {{ money }}) as revenue_{{ time }},
        cast(least({{ revenue }}, coalesce(revenue_cap, {{ revenue }})) as {{ money }}) as revenue_capped_{{ time }},
        cast({{ returned }} as {{ money }}) as returned_{{ time }},
        cast({{ revenue }} - ({{ returned }}) as {{ money }}) as net_revenue_{{ time }},
        {%- endfor %}
        {%- for measure in measures %}
        {{ before[measure] }} as {{ measure }}_in_time_before,
        {%- endfor %}
        group_number,
        activity_date
    from capped_by_day

),

-- Of the days with events only: what they add to the sums.
added as (

    select
        {%- for measure in measures %}
        sum({{ measure }}_now - {{ measure }}_earlier) as {{ measure }}_y,
        sum({{ measure }}_now * {{ measure }}_now - {{ measure }}_earlier * {{ measure }}_earlier)
            as {{ measure }}_yy,
        sum({{ measure }}_in_time_before * ({{ measure }}_now - {{ measure }}_earlier)) as {{ measure }}_xy,
        {%- endfor %}
        group_number,
        activity_date
    from measured
    group by group_number, activity_date

),

-- Each measure in rows of its own. Not a query a measure: Spark would add up as often.
measures as (

    {%- for measure in measures %}
    select '{{ measure }}' as measure
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        {{ group_columns }},
        measures.measure,
        cast(null as date) as activity_date,
        drawn.customers,
        cast(0 as double) as y,
        cast(0 as double) as yy,
        {%- for sum in ['x', 'xx'] %}
        case measures.measure
            {%- for measure in measures %}
            when '{{ measure }}' then cast(drawn.{{ measure }}_{{ sum }} as double)
            {%- endfor %}
        end as {{ sum }},
        {%- endfor %}
        cast(0 as double) as xy
    from drawn
    cross join measures

    union all

    select
        {{ group_columns }},
        measures.measure,
        added.activity_date,
        0 as customers,
        {%- for sum in ['y', 'yy'] %}
        case measures.measure
            {%- for measure in measures %}
            when '{{ measure }}' then cast(added.{{ measure }}_{{ sum }} as double)
            {%- endfor %}
        end as {{ sum }},
        {%- endfor %}
        cast(0 as double) as x,
        cast(0 as double) as xx,
        case measures.measure
            {%- for measure in measures %}
            when '{{ measure }}' then cast(added.{{ measure }}_xy as double)
            {%- endfor %}
        end as xy
    from added
    inner join drawn on added.group_number = drawn.group_number
    cross join measures

)

select * from final
