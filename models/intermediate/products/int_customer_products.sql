{{ config(materialized='by_part', part_key='ledger_key') }}

{#- Without the var it is the day after the last of all. -#}
{%- set as_of_date = segmentation.date_setting('as_of_date') -%}
{%- set is_known = 'sold.invoice_date < ' ~ as_of_date if var('as_of_date') else 'true' -%}

with cancelled_lines as (

    select * from {{ ref('int_cancelled_lines') }}
    where {{ var('products') | lower }}

),

-- What a file says of a product is not in the sums of a day: whatever changes in a file, its customers are made again.
content as (

    select
        customer_id,
        {{ segmentation.row_hash(['content_hash', 'load_key']) }} as content_hash
    from {{ ref('int_invoice_days') }}
    where
        customer_id is not null
        and line_type in ('sale', 'return')
        and {{ var('products') | lower }}

),

{{ segmentation.customer_checksums() }},

customers as (

    {{ segmentation.pending_parts('customer_checksums', ['customer_id', 'content_checksum'], 'ledger_key') }}

),

lines as (

    select
        customers.ledger_key,
        sold.line_id,
        sold.product_code,
        sold.invoice_id,
        sold.amount,
        case when sold.line_type = 'sale' then sold.invoice_date end as purchase_date
    from {{ ref('int_invoice_lines') }} as sold
    inner join customers on sold.customer_id = customers.customer_id
    where
        sold.line_type in ('sale', 'return')
        and sold.product_code is not null
        and {{ is_known }}

),

-- The key of a part stands for the customer: one column less to group millions of rows by.
invoices as (

    select
        lines.ledger_key,
        lines.product_code,
        lines.invoice_id,
        min(lines.purchase_date) as first_purchase_date,
        max(lines.purchase_date) as last_purchase_date,
        sum(case when lines.purchase_date is not null then lines.amount else 0 end) as purchased,
        sum(case when lines.purchase_date is null then -lines.amount else 0 end) as returned,
        sum(case when cancelled_lines.line_id is not null then -lines.amount else 0 end) as cancelled
    from lines
    left join cancelled_lines on lines.line_id = cancelled_lines.line_id
    group by
        lines.ledger_key,
        lines.product_code,
        lines.invoice_id

),

products as (

    select
        ledger_key,
        product_code,
        count(first_purchase_date) as orders,
        sum(purchased) as purchased,
        sum(returned) as returned,
        sum(cancelled) as cancelled,
        min(first_purchase_date) as first_purchase_date,
        max(last_purchase_date) as last_purchase_date
    from invoices
    group by ledger_key, product_code

),

ranked as (

    select
        *,
        row_number() over (
            partition by ledger_key
            order by last_purchase_date desc nulls last, product_code asc
        ) as recency_rank
    from products

),

final as (

    select
        -- ids
        ranked.ledger_key,
        customers.customer_id,
        ranked.product_code,

        -- numerics
        cast(ranked.orders as bigint) as orders,
        {%- for column in ['purchased', 'returned', 'cancelled'] %}
        cast(ranked.{{ column }} as {{ segmentation.type_money() }}) as {{ column }},
        {%- endfor %}
        case when ranked.orders > 0 then ranked.recency_rank end as recency_rank,

        -- dates
        ranked.first_purchase_date,
        ranked.last_purchase_date

    from ranked
    inner join customers on ranked.ledger_key = customers.ledger_key

)

select * from final
