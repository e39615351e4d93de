with lines as (

    select * from {{ ref('int_invoice_lines') }}

),

final as (

    select
        line_id,
        source_file,
        source_row,
        reason,
        raw_text,
        original_line_id,
        amount
    from lines
    where reason is not null

)

select * from final
