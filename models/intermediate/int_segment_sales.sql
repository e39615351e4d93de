{{ config(materialized='incremental', incremental_strategy='append') }}

{%- set query -%}
segment_history as (

    select * from {{ ref('int_segment_history') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

days as (

    select
        months.row_key,
        months.month,
        months.history_key,
        customer_days.*
    from customer_days
    inner join months
        on
            customer_days.activity_date >= months.month
            and customer_days.activity_date <= months.month_end

),

final as (

    select
        days.row_key,
        days.month,
        segment_history.segment,
        count(distinct case when days.sale_lines > 0 then days.customer_id end) as customers,
        cast(sum(days.orders) as bigint) as orders,
        cast(sum(days.purchased) as {{ segmentation.type_money_total() }}) as revenue,
        cast(sum(days.returned) as {{ segmentation.type_money_total() }}) as returned_value
    from days
    left join segment_history
        on
            days.history_key = segment_history.history_key
            and days.customer_id = segment_history.customer_id
    group by days.row_key, days.month, segment_history.segment

)
{%- endset -%}

with months as (

    {{ segmentation.pending_parts(ref('int_history_months'), ['history_key'], query) }}

),

{{ query }}

select * from final
