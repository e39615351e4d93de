with invoice_rows as (

    select * from {{ ref('base_invoice_rows') }}
    where other_fields is not null

),

files as (

    select * from {{ ref('stg_files') }}
    where shape = 'returned_orders'

),

marks as (

    select
        {{ segmentation.clean_id(segmentation.clean_text('invoice_rows.invoice_id')) }} as invoice_id,
        {{ segmentation.is_true(segmentation.other_field('is_returned', 'invoice_rows.other_fields')) }} as is_returned
    from invoice_rows
    inner join files on invoice_rows.load_key = files.load_key

),

final as (

    select distinct invoice_id
    from marks
    where
        is_returned
        and invoice_id is not null

)

select * from final
