with invoice_rows as (

    select * from {{ ref('base_invoice_rows') }}
    where other_fields is not null

),

file_positions as (

    select * from {{ ref('base_file_positions') }}
    where shape = 'returned_orders'

),

marks as (

    select
        {{ segmentation.clean_id(segmentation.clean_text('invoice_rows.invoice_id')) }} as invoice_id,
        {{ segmentation.is_true(segmentation.other_field('is_returned', 'invoice_rows.other_fields')) }} as is_returned
    from invoice_rows
    inner join file_positions on invoice_rows.load_key = file_positions.load_key

),

final as (

    select distinct invoice_id
    from marks
    where
        is_returned
        and invoice_id is not null

)

select * from final
