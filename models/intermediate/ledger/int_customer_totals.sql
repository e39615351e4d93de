{{ config(materialized='by_part', part_key='totals_key') }}

{#- Without the var it is the day after the last of all. -#}
{%- set is_known = 'activity_date < ' ~ segmentation.date_setting('as_of_date') if var('as_of_date') else 'true' -%}

-- Not before it is clear what the lines stand for.
-- depends_on: {{ ref('int_line_evidence') }}
with ledger as (

    select distinct ledger_key from {{ ref('int_customer_days') }}

),

customers as (

    {{ segmentation.pending_parts('ledger', ['ledger_key'], 'totals_key') }}

),

known_days as (

    select
        customer_days.*,
        customers.totals_key
    from {{ ref('int_customer_days') }} as customer_days
    inner join customers on customer_days.ledger_key = customers.ledger_key
    where {{ is_known }}

),

totals as (

    select
        totals_key,
        ledger_key,
        customer_id,
        -- Where nothing was bought, of the day of the last return.
        case
            when sum(sale_lines) > 0
                then {{ segmentation.latest_value('country', 'case when sale_lines > 0 then activity_date end') }}
            else {{ segmentation.latest_value('country', 'activity_date') }}
        end as country,
        {{ segmentation.customer_totals() }}
    from known_days
    group by totals_key, ledger_key, customer_id

),

final as (

    select
        -- ids
        totals_key,
        ledger_key,
        customer_id,

        -- text
        country,

        -- numerics
        orders,
        purchase_days,
        return_days,
        purchased_value,
        returned_value,
        cancelled_value,

        -- dates
        first_purchase_date,
        last_purchase_date

    from totals

)

select * from final
order by customer_id
