{{ config(materialized='view') }}

with rejected_lines as (

    select * from {{ ref('int_rejected_invoice_lines') }}

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
    from rejected_lines

)

select * from final
