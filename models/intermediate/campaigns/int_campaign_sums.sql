{%- set money = segmentation.type_money() -%}
{%- set measures = ['buyers', 'orders', 'revenue', 'revenue_capped', 'returned', 'net_revenue'] -%}
{%- set group_columns = 'campaign, campaign_group, segment, stratum' -%}

with campaigns as (

    select * from {{ ref('int_campaigns') }}

),

customers as (

    select
        customers.campaign,
        customers.customer_id,
        customers.campaign_group,
        customers.segment,
        customers.stratum,
        customers.starts_on,
        campaigns.observed_until,
        campaigns.revenue_cap,
        case when customers.orders_before > 0 then 1 else 0 end as buyers_before,
        customers.orders_before,
        customers.revenue_before,
        least(customers.revenue_before, coalesce(campaigns.revenue_cap, customers.revenue_before))
            as revenue_capped_before,
        customers.returned_value_before as returned_before,
        cast(customers.revenue_before - customers.returned_value_before as {{ money }}) as net_revenue_before
    from {{ ref('int_campaign_customers') }} as customers
    inner join campaigns on customers.campaign = campaigns.campaign

),

customer_days as (

    select
        customer_id,
        activity_date,
        orders,
        purchased,
        returned
    from {{ ref('int_customer_days') }}

),

-- What a customer has done by the end of each day of the campaign on which something was done, and on the day itself.
by_day as (

    select
        {%- for column in ['orders', 'purchased', 'returned'] %}
        sum(customer_days.{{ column }}) over (
            partition by customers.campaign, customers.customer_id
            order by customer_days.activity_date asc
            rows between unbounded preceding and current row
        ) as {{ column }}_so_far,
        customer_days.{{ column }},
        {%- endfor %}
        customers.*,
        customer_days.activity_date
    from customers
    inner join customer_days
        on
            customers.customer_id = customer_days.customer_id
            and customers.starts_on <= customer_days.activity_date
            and customers.observed_until >= customer_days.activity_date

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
        {{ measures | join('_before, ') }}_before,
        {{ group_columns }},
        activity_date
    from by_day

),

-- Of the days with events only: what they add to the sums.
added as (

    select
        {%- for measure in measures %}
        sum({{ measure }}_now - {{ measure }}_earlier) as {{ measure }}_y,
        sum({{ measure }}_now * {{ measure }}_now - {{ measure }}_earlier * {{ measure }}_earlier)
            as {{ measure }}_yy,
        sum({{ measure }}_before * ({{ measure }}_now - {{ measure }}_earlier)) as {{ measure }}_xy,
        {%- endfor %}
        {{ group_columns }},
        activity_date
    from measured
    group by {{ group_columns }}, activity_date

),

-- Who did nothing counts, too.
drawn as (

    select
        {%- for measure in measures %}
        sum({{ measure }}_before) as {{ measure }}_x,
        sum({{ measure }}_before * {{ measure }}_before) as {{ measure }}_xx,
        {%- endfor %}
        {{ group_columns }},
        count(*) as customers
    from customers
    group by {{ group_columns }}

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
    cross join measures

)

select * from final
