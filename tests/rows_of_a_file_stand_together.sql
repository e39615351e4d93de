-- The rows of a file follow each other without gaps, so that their positions number them.
with invoice_rows as (

    select
        load_key,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

)

select
    load_key,
    count(*) as row_count,
    min(row_position) as first_position,
    max(row_position) as last_position
from invoice_rows
group by load_key
having max(row_position) - min(row_position) + 1 <> count(*)
