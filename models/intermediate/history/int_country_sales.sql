{{ config(materialized='by_part', part_key='country_sales_key') }}

with months as (

    {{ segmentation.pending_parts(ref('int_history_months'), ['history_key'], 'country_sales_key') }}

),

segment_history as (

    select history.*
    from {{ ref('int_segment_history') }} as history
    inner join months on history.history_key = months.history_key

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

customer_months as (

    select
        months.country_sales_key,
        months.history_key,
        months.month,
        months.as_of_date,
        customer_days.customer_id,
        sum(customer_days.orders) as orders,
        sum(customer_days.sale_lines) as sale_lines,
        sum(customer_days.purchased) as purchased,
        sum(customer_days.returned) as returned,
        max(customer_days.activity_date) as last_activity_date
    from customer_days
    inner join months
        on cast({{ dbt.date_trunc('month', 'customer_days.activity_date') }} as date) = months.month
    group by months.country_sales_key, months.history_key, months.month, months.as_of_date, customer_days.customer_id

),

-- A customer is in one country in a month, that of the last purchase up to its end: so countries add up to all
-- customers.
placed as (

    select
        customer_months.*,
        segment_history.segment,
        coalesce(
            cast(
                {{ segmentation.dateadd('day', '-segment_history.recency_days', 'customer_months.as_of_date') }} as date
            ),
            customer_months.last_activity_date
        ) as country_date
    from customer_months
    left join segment_history
        on
            customer_months.history_key = segment_history.history_key
            and customer_months.customer_id = segment_history.customer_id

),

final as (

    select
        placed.country_sales_key,
        placed.month,
        customer_days.country,
        placed.segment,
        count(case when placed.sale_lines > 0 then placed.customer_id end) as customers,
        cast(sum(placed.orders) as bigint) as orders,
        cast(sum(placed.purchased) as {{ segmentation.type_money_total() }}) as revenue,
        cast(sum(placed.returned) as {{ segmentation.type_money_total() }}) as returned_value
    from placed
    inner join customer_days
        on
            placed.customer_id = customer_days.customer_id
            and placed.country_date = customer_days.activity_date
    group by placed.country_sales_key, placed.month, customer_days.country, placed.segment

)

select * from final
