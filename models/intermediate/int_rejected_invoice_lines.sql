with lines as (

    select * from {{ ref('int_invoice_lines') }}
    where reason is not null

),

invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

file_rows as (

    select * from {{ ref('base_invoice_file_rows') }}

),

located as (

    select
        lines.line_id,
        lines.source_file,
        lines.source_row,
        lines.reason,
        lines.original_line_id,
        lines.amount,
        lines.source_row - file_rows.first_source_row + file_rows.first_position as row_position
    from lines
    inner join file_rows on lines.source_file = file_rows.source_file

),

-- The text is put together for the rejected rows only.
final as (

    select
        located.line_id,
        located.source_file,
        located.source_row,
        located.reason,
        {{ segmentation.raw_text('invoice_rows', segmentation.invoice_line_columns()) }} as raw_text,
        located.original_line_id,
        located.amount
    from located
    inner join invoice_rows on located.row_position = invoice_rows.row_position

)

select * from final
