{#-
    CTEs up to `features`: what was known of each customer on past dates, from a CTE `customer_days`, and `months` with the as_of_date that each is
    looked back at from, the first day of the next. Sums run on from month to month: to add up all days before each date would take as
    many times longer as there are months.
-#}
{% macro history_features() -%}
{%- set money = segmentation.type_money() -%}
{%- set month = dbt.date_trunc('month', 'activity_date') -%}
monthly as (

    select
        customer_id,
        cast({{ month }} as date) as month_start,
        cast(sum(orders) as bigint) as orders,
        count(case when sale_lines > 0 then activity_date end) as purchase_days,
        count(case when return_lines > cancelled_lines then activity_date end) as return_days,
        cast(sum(purchased) as {{ money }}) as purchased_value,
        cast(sum(returned) as {{ money }}) as returned_value,
        cast(sum(cancelled) as {{ money }}) as cancelled_value,
        min(case when sale_lines > 0 then activity_date end) as first_purchase_date,
        max(case when sale_lines > 0 then activity_date end) as last_purchase_date
    from customer_days
    where activity_date < (select max(months.as_of_date) from months)
    group by customer_id, cast({{ month }} as date)

),

running as (

    select
        customer_id,
        month_start,
        {%- for column in ['orders', 'purchase_days', 'return_days'] %}
        cast(sum({{ column }}) over (partition by customer_id order by month_start) as bigint) as {{ column }},
        {%- endfor %}
        {%- for column in ['purchased_value', 'returned_value', 'cancelled_value'] %}
        cast(sum({{ column }}) over (partition by customer_id order by month_start) as {{ money }}) as {{ column }},
        {%- endfor %}
        min(first_purchase_date) over (partition by customer_id order by month_start) as first_purchase_date,
        max(last_purchase_date) over (partition by customer_id order by month_start) as last_purchase_date,
        lead(month_start) over (partition by customer_id order by month_start) as next_month_start
    from monthly

),

-- What a month left holds until the next in which something happened is over.
totals as (

    select
        running.*,
        months.as_of_date
    from running
    inner join months
        on
            running.month_start < months.as_of_date
            and months.as_of_date <= coalesce(running.next_month_start, months.as_of_date)

),

features as (

    select
        totals.customer_id,
        {{ segmentation.customer_feature_columns() }}
    from totals

)
{%- endmacro %}
