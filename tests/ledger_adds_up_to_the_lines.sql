-- The customers' days hold every sale and return of a known customer, and nothing else.
with lines as (

    select
        count(*) as line_count,
        coalesce(sum(amount), 0) as amount
    from {{ ref('invoice_lines') }}
    where
        customer_id is not null
        and line_type in ('sale', 'return')

),

ledger as (

    select
        coalesce(sum(sale_lines + return_lines), 0) as line_count,
        coalesce(sum(purchased - returned), 0) as amount
    from {{ ref('int_customer_days') }}

)

select
    lines.line_count,
    lines.amount,
    ledger.line_count as ledger_line_count,
    ledger.amount as ledger_amount
from lines
cross join ledger
where
    lines.line_count <> ledger.line_count
    or lines.amount <> ledger.amount
