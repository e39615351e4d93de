with lines as (

    select * from {{ ref('int_invoice_lines') }}
    where
        reason is not null
        and not is_derived

),

invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

file_positions as (

    select * from {{ ref('base_file_positions') }}

),

located as (

    select
        lines.line_id,
        lines.source_file,
        lines.source_row,
        lines.reason,
        lines.original_line_id,
        lines.amount,
        lines.source_row - file_positions.first_source_row + file_positions.first_position as row_position
    from lines
    inner join file_positions on lines.source_file = file_positions.source_file

),

-- The text is put together for the rejected rows only.
final as (

    select
        located.line_id,
        located.source_file,
        located.source_row,
        located.reason,
        {{ segmentation.raw_text('invoice_rows') }} as raw_text,
        located.original_line_id,
        located.amount
    from located
    inner join invoice_rows on located.row_position = invoice_rows.row_position

)

select * from final
