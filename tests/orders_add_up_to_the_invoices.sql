-- The ledger counts each purchase invoice of a customer once, on whichever days its lines stand.
with invoices as (

    select
        customer_id,
        invoice_id
    from {{ ref('int_invoice_days') }}
    where
        customer_id is not null
        and line_type = 'sale'
    group by customer_id, invoice_id
    having sum(line_count) > 0

),

counted as (

    select count(*) as invoice_count
    from invoices

),

ledger as (

    select coalesce(sum(orders), 0) as orders
    from {{ ref('int_customer_days') }}

)

select
    counted.invoice_count,
    ledger.orders
from counted
cross join ledger
where counted.invoice_count <> ledger.orders
