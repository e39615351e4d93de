-- The account of invoices and days holds every line of the files. Looks at the lines of new files.
with lines as (

    select
        load_key,
        line_type,
        reason,
        count(*) as line_count,
        sum(amount) as amount
    from {{ ref('int_classified_lines') }}
    where
        not is_derived
        and {{ segmentation.audit_filter('typed_key') }}
    group by load_key, line_type, reason

),

days as (

    select
        load_key,
        line_type,
        reason,
        sum(line_count) as line_count,
        sum(amount) as amount
    from {{ ref('int_invoice_days') }}
    where
        part = 'read'
        and load_key in (select lines.load_key from lines)
    group by load_key, line_type, reason

)

select
    lines.load_key,
    lines.line_type,
    lines.reason,
    lines.line_count,
    days.line_count as line_count_of_days,
    lines.amount,
    days.amount as amount_of_days
from lines
left join days
    on
        lines.load_key = days.load_key
        and lines.line_type is not distinct from days.line_type
        and lines.reason is not distinct from days.reason
where
    lines.line_count is distinct from days.line_count
    or lines.amount is distinct from days.amount
