{{ config(materialized='by_part', part_key='ledger_key') }}

-- The account is read twice, the first time for few columns: one import for both would be kept in memory.
with content as (

    select
        customer_id,
        content_hash
    from {{ ref('int_invoice_days') }}
    where
        customer_id is not null
        and line_type in ('sale', 'return')

),

cancelled_lines as (

    select * from {{ ref('int_cancelled_lines') }}

),

{{ segmentation.customer_checksums() }},

customers as (

    {{ segmentation.pending_parts('customer_checksums', ['customer_id', 'content_checksum'], 'ledger_key') }}

),

accepted_days as (

    select
        invoice_days.*,
        customers.ledger_key
    from {{ ref('int_invoice_days') }} as invoice_days
    inner join customers on invoice_days.customer_id = customers.customer_id
    where invoice_days.line_type in ('sale', 'return')

),

-- Copies are taken away here, too: an invoice that is nothing but copies has no sales left.
invoice_days as (

    select
        customer_id,
        invoice_id,
        invoice_date
    from accepted_days
    where line_type = 'sale'
    group by customer_id, invoice_id, invoice_date
    having sum(line_count) > 0

),

-- An invoice whose lines cross midnight is one order, of the day of its first sale.
order_days as (

    select
        customer_id,
        invoice_id,
        min(invoice_date) as invoice_date
    from invoice_days
    group by customer_id, invoice_id

),

orders as (

    select
        customer_id,
        invoice_date,
        count(*) as orders
    from order_days
    group by customer_id, invoice_date

),

cancellations as (

    select
        customer_id,
        invoice_date,
        count(*) as cancelled_lines,
        sum(-amount) as cancelled
    from cancelled_lines
    group by customer_id, invoice_date

),

-- Lines that are read, less copies, and with those that are derived. A copy has the country of the line that it
-- repeats.
day_sums as (

    select
        ledger_key,
        customer_id,
        invoice_date,
        min(country) as country,
        sum(case when line_type = 'sale' then line_count else 0 end) as sale_lines,
        sum(case when line_type = 'return' then line_count else 0 end) as return_lines,
        sum(case when line_type = 'sale' then amount else 0 end) as purchased,
        sum(case when line_type = 'return' then -amount else 0 end) as returned
    from accepted_days
    group by ledger_key, customer_id, invoice_date

),

days as (

    select * from day_sums
    where
        sale_lines > 0
        or return_lines > 0

),

final as (

    select
        -- ids
        days.ledger_key,
        days.customer_id,

        -- text
        days.country,

        -- numerics
        cast(coalesce(orders.orders, 0) as bigint) as orders,
        cast(days.sale_lines as bigint) as sale_lines,
        cast(days.return_lines as bigint) as return_lines,
        cast(coalesce(cancellations.cancelled_lines, 0) as bigint) as cancelled_lines,
        {{ segmentation.customer_money('days.purchased', 'days.customer_id') }} as purchased,
        {{ segmentation.customer_money('days.returned', 'days.customer_id') }} as returned,
        {{ segmentation.customer_money('coalesce(cancellations.cancelled, 0)', 'days.customer_id') }} as cancelled,

        -- dates
        days.invoice_date as activity_date

    from days
    left join orders
        on
            days.customer_id = orders.customer_id
            and days.invoice_date = orders.invoice_date
    left join cancellations
        on
            days.customer_id = cancellations.customer_id
            and days.invoice_date = cancellations.invoice_date

)

-- Whoever asks for sums by customer, and many do, has half the work where a customer's days lie together.
select * from final
order by customer_id, activity_date
