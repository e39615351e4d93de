{{ config(materialized='view') }}

with invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

file_rows as (

    select * from {{ ref('base_invoice_file_rows') }}

),

numbered as (

    select
        invoice_rows.*,
        file_rows.file_key,
        file_rows.date_order,
        invoice_rows.row_position - file_rows.first_position + file_rows.first_source_row as source_row
    from invoice_rows
    inner join file_rows on invoice_rows.source_file = file_rows.source_file

),

final as (

    select
        -- ids
        file_key * 4294967296 + source_row as line_id,
        {{ segmentation.clean_id('invoice_id') }} as invoice_id,
        upper({{ segmentation.clean_id('product_code') }}) as product_code,
        {{ segmentation.clean_id('customer_id') }} as customer_id,

        -- text
        {{ segmentation.clean_text('description') }} as description,
        {{ segmentation.clean_text('country') }} as country,
        source_file,

        -- numerics
        source_row,
        {{ segmentation.safe_cast(segmentation.clean_text('quantity'), 'decimal(18, 3)') }} as quantity,
        {{ segmentation.safe_cast(segmentation.clean_text('unit_price'), segmentation.type_money()) }} as unit_price,

        -- timestamps
        {{ segmentation.parse_timestamp(segmentation.clean_text('invoiced_at'), 'date_order') }} as invoiced_at

    from numbered

)

select * from final
