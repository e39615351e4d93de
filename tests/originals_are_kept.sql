-- The line that a copy repeats is no copy itself and stands in a file. Looks at copies in new files or of lines there.
with duplicates as (

    select * from {{ ref('int_duplicate_invoice_lines') }}
    where
        {{ segmentation.is_to_be_audited('typed_key') }}
        or {{ segmentation.is_to_be_audited('original_typed_key') }}

),

originals as (

    select line_id
    from {{ ref('int_invoice_lines') }}
    where
        line_type is not null
        and typed_key in (select duplicates.original_typed_key from duplicates)

)

select
    duplicates.line_id,
    duplicates.original_line_id
from duplicates
left join originals on duplicates.original_line_id = originals.line_id
where originals.line_id is null
