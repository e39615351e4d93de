{{ config(materialized='by_part', part_key='ledger_key') }}

{#- Without the var it is the day after the last of all. -#}
{%- set as_of_date = segmentation.date_setting('as_of_date') -%}
{%- set is_known = 'sold.invoice_date < ' ~ as_of_date if var('as_of_date') else 'true' -%}

-- What a file says of a product is not in the sums of a day: whatever changes in a file, its customers are made again.
with customer_checksums as (

    select
        customer_id,
        {{ segmentation.sum_of_hashes(segmentation.row_hash(['content_hash', 'load_key'])) }} as content_checksum
    from {{ ref('int_invoice_days') }}
    where
        customer_id is not null
        and line_type in ('sale', 'return')
        and {{ var('products') | lower }}
    group by customer_id

),

customers as (

    {{ segmentation.pending_parts('customer_checksums', ['customer_id', 'content_checksum'], 'ledger_key') }}

),

lines as (

    select
        customers.ledger_key,
        sold.product_code,
        sold.invoice_id,
        sold.line_type,
        sold.amount,
        sold.invoice_date
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
        ledger_key,
        product_code,
        invoice_id,
        line_type = 'sale' as is_purchase,
        sum(amount) as amount,
        max(invoice_date) as last_date
    from lines
    group by
        ledger_key,
        product_code,
        invoice_id,
        line_type = 'sale'

),

products as (

    select
        ledger_key,
        product_code,
        count(case when is_purchase then 1 end) as orders,
        sum(case when is_purchase then amount else 0 end) as purchased,
        sum(case when is_purchase then 0 else -amount end) as returned,
        max(case when is_purchase then last_date end) as last_purchase_date
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
        {%- for column in ['purchased', 'returned'] %}
        cast(ranked.{{ column }} as {{ segmentation.type_money() }}) as {{ column }},
        {%- endfor %}
        case when ranked.orders > 0 then ranked.recency_rank end as recency_rank,

        -- dates
        ranked.last_purchase_date

    from ranked
    inner join customers on ranked.ledger_key = customers.ledger_key

)

select * from final
