-- The ledger counts each purchase invoice of a customer once, on whichever days its lines stand.
-- Looks at customers whose lines changed.
with ledger as (

    select
        customer_id,
        sum(orders) as orders
    from {{ ref('int_customer_days') }}
    where {{ segmentation.audit_filter('ledger_key', 'customers') }}
    group by customer_id

),

invoices as (

    select
        customer_id,
        invoice_id
    from {{ ref('int_invoice_days') }}
    where
        customer_id in (select ledger.customer_id from ledger)
        and line_type = 'sale'
    group by customer_id, invoice_id
    having sum(line_count) > 0

),

counted as (

    select
        customer_id,
        count(*) as invoice_count
    from invoices
    group by customer_id

)

select
    ledger.customer_id,
    counted.invoice_count,
    ledger.orders
from ledger
left join counted on ledger.customer_id = counted.customer_id
where ledger.orders <> coalesce(counted.invoice_count, 0)
