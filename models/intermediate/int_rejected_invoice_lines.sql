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

-- The text is put together for the rejected rows only.
final as (

    select
        lines.line_id,
        lines.source_file,
        lines.source_row,
        lines.reason,
        {{ segmentation.raw_text('invoice_rows') }} as raw_text,
        lines.original_line_id,
        lines.amount
    from lines
    inner join invoice_rows on lines.row_position = invoice_rows.row_position

)

select * from final
