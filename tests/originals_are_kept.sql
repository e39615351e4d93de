-- The line that a copy repeats is in the file that is named, counts, and is no copy itself. Looks at copies in new
-- files or of lines there.
with copies as (

    select * from {{ ref('int_duplicate_invoice_lines') }}

),

lines as (

    select * from {{ ref('int_classified_lines') }}

),

compared as (

    select * from copies
    where
        {{ segmentation.audit_filter('typed_key') }}
        or {{ segmentation.audit_filter('original_typed_key') }}

),

-- Only the lines that are asked for: all of them would be more than fits into memory.
originals as (

    select
        line_id,
        typed_key
    from lines
    where
        line_type is not null
        and line_id in (select compared.original_line_id from compared)

)

select
    compared.line_id,
    compared.original_line_id
from compared
left join originals
    on
        compared.original_line_id = originals.line_id
        and compared.original_typed_key = originals.typed_key
where
    originals.line_id is null
    or compared.original_line_id in (select copies.line_id from copies)
