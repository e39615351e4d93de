-- The customers' days hold every sale, return and cancellation of a known customer, and nothing else.
with lines as (

    select
        coalesce(sum(line_count), 0) as line_count,
        coalesce(sum(amount), 0) as amount
    from {{ ref('int_invoice_days') }}
    where
        customer_id is not null
        and line_type in ('sale', 'return')

),

cancelled_lines as (

    select coalesce(sum(-amount), 0) as cancelled
    from {{ ref('int_cancelled_lines') }}

),

ledger as (

    select
        coalesce(sum(sale_lines + return_lines), 0) as line_count,
        coalesce(sum(purchased - returned), 0) as amount,
        coalesce(sum(cancelled), 0) as cancelled
    from {{ ref('int_customer_days') }}

)

select
    lines.line_count,
    lines.amount,
    ledger.line_count as ledger_line_count,
    ledger.amount as ledger_amount,
    cancelled_lines.cancelled,
    ledger.cancelled as ledger_cancelled
from lines
cross join cancelled_lines
cross join ledger
where
    lines.line_count <> ledger.line_count
    or lines.amount <> ledger.amount
    or cancelled_lines.cancelled <> ledger.cancelled
