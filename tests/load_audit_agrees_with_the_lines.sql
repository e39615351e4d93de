-- What the audit says of each file is what stands in the tables of lines. Looks at new files.
with lines as (

    select * from {{ ref('int_invoice_lines') }}
    where {{ segmentation.is_to_be_audited('typed_key') }}

),

audited as (

    select distinct source_file
    from lines

),

accepted as (

    select
        source_file,
        count(*) as line_count,
        sum(amount) as amount
    from lines
    where
        line_type is not null
        and not is_derived
    group by source_file

),

derived as (

    select
        source_file,
        count(*) as line_count,
        sum(amount) as amount
    from lines
    where
        line_type is not null
        and is_derived
    group by source_file

),

rejected as (

    select
        source_file,
        count(*) as line_count,
        sum(amount) as amount
    from {{ ref('rejected_invoice_lines') }}
    group by source_file

)

select
    load_audit.source_file,
    load_audit.rows_accepted,
    accepted.line_count as lines_accepted,
    load_audit.rows_rejected,
    rejected.line_count as lines_rejected
from {{ ref('load_audit') }} as load_audit
inner join audited on load_audit.source_file = audited.source_file
left join accepted on load_audit.source_file = accepted.source_file
left join derived on load_audit.source_file = derived.source_file
left join rejected on load_audit.source_file = rejected.source_file
where
    load_audit.rows_accepted <> coalesce(accepted.line_count, 0)
    or load_audit.amount_accepted <> coalesce(accepted.amount, 0)
    or load_audit.lines_derived <> coalesce(derived.line_count, 0)
    or load_audit.amount_derived <> coalesce(derived.amount, 0)
    or load_audit.rows_rejected <> coalesce(rejected.line_count, 0)
    or load_audit.amount_rejected <> coalesce(rejected.amount, 0)
