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
        {{ segmentation.clean_id(segmentation.trimmed('invoice_rows.invoice_id')) }} as invoice_id,
        lower({{ segmentation.other_field('is_returned', 'invoice_rows.other_fields') }}) as document_type
    from invoice_rows
    inner join files on invoice_rows.load_key = files.load_key

),

document_types as (

    {{ segmentation.word_meanings(ref('document_types'), 'document_type', var('document_type_meanings')) }}

),

final as (

    select distinct marks.invoice_id
    from marks
    inner join document_types on marks.document_type = document_types.document_type
    where
        document_types.meaning in ('returned_sale', 'return')
        and marks.invoice_id is not null

)

select * from final
