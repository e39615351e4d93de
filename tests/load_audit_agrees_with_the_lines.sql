-- What the audit says of each file is what is in the tables of lines. Looks at new files.
with lines as (

    select
        source_file,
        amount,
        line_type is not null and not is_derived as is_accepted,
        line_type is not null and is_derived as is_derived
    from {{ ref('int_invoice_lines') }}
    where {{ segmentation.audit_filter('typed_key') }}

),

-- All in one pass: what is read twice would be kept in memory.
lines_of_files as (

    select
        source_file,
        sum(case when is_accepted then 1 else 0 end) as rows_accepted,
        sum(case when is_accepted then amount else 0 end) as amount_accepted,
        sum(case when is_derived then 1 else 0 end) as lines_derived,
        sum(case when is_derived then amount else 0 end) as amount_derived
    from lines
    group by source_file

),

rejected as (

    select
        source_file,
        count(*) as rows_rejected,
        sum(amount) as amount_rejected
    from {{ ref('rejected_invoice_lines') }}
    group by source_file

)

select
    load_audit.source_file,
    load_audit.rows_accepted,
    lines_of_files.rows_accepted as lines_accepted,
    load_audit.rows_rejected,
    rejected.rows_rejected as lines_rejected
from {{ ref('load_audit') }} as load_audit
inner join lines_of_files on load_audit.source_file = lines_of_files.source_file
left join rejected on load_audit.source_file = rejected.source_file
where
    load_audit.rows_accepted <> lines_of_files.rows_accepted
    or load_audit.amount_accepted <> coalesce(lines_of_files.amount_accepted, 0)
    or load_audit.lines_derived <> lines_of_files.lines_derived
    or load_audit.amount_derived <> coalesce(lines_of_files.amount_derived, 0)
    or load_audit.rows_rejected <> coalesce(rejected.rows_rejected, 0)
    or load_audit.amount_rejected <> coalesce(rejected.amount_rejected, 0)
