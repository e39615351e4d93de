{{ config(materialized='by_part', part_key='ledger_key') }}

{#- Without the var it is the day after the last of all. -#}
{%- set is_known = 'lines.invoice_date < ' ~ segmentation.date_setting('as_of_date') if var('as_of_date') else 'true' -%}

with cancelled_lines as (

    select * from {{ ref('int_cancelled_lines') }}

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

checksums as (

    select
        customer_id,
        {{ segmentation.sum_of_hashes('content_hash') }} as content_checksum
    from content
    group by customer_id

    union all

    select
        customer_id,
        {{ segmentation.sum_of_hashes(segmentation.row_hash(['line_id', 'amount', 'invoice_date'])) }}
            as content_checksum
    from cancelled_lines
    where {{ var('products') | lower }}
    group by customer_id

),

customer_checksums as (

    select
        customer_id,
        sum(content_checksum) as content_checksum
    from checksums
    group by customer_id

),

customers as (

    {{ segmentation.pending_parts('customer_checksums', ['customer_id', 'content_checksum'], 'ledger_key') }}

),

lines as (

    select
        customers.ledger_key,
        lines.line_id,
        lines.product_code,
        lines.invoice_id,
        lines.amount,
        case when lines.line_type = 'sale' then lines.invoice_date end as purchase_date
    from {{ ref('int_invoice_lines') }} as lines
    inner join customers on lines.customer_id = customers.customer_id
    where
        lines.line_type in ('sale', 'return')
        and lines.product_code is not null
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

final as (

    select
        -- ids
        products.ledger_key,
        customers.customer_id,
        products.product_code,

        -- numerics
        cast(products.orders as bigint) as orders,
        {%- for column in ['purchased', 'returned', 'cancelled'] %}
        {{ segmentation.customer_money('products.' ~ column, 'customers.customer_id') }} as {{ column }},
        {%- endfor %}
        case
            when products.orders > 0
                then row_number() over (
                    partition by products.ledger_key
                    order by products.last_purchase_date desc nulls last, products.product_code
                )
        end as recency_rank,

        -- dates
        products.first_purchase_date,
        products.last_purchase_date

    from products
    inner join customers on products.ledger_key = customers.ledger_key

)

select * from final
