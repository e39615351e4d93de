{{ config(materialized='view') }}

with lines as (

    select * from {{ ref('int_invoice_lines') }}

),

final as (

    select
        line_id,
        invoice_id,
        product_code,
        description,
        quantity,
        unit_price,
        amount,
        invoiced_at,
        customer_id,
        country,
        line_type,
        source_file,
        source_row,
        is_derived
    from lines
    where line_type is not null

)

select * from final
