{{ config(materialized='view') }}

with lines as (

    select * from {{ ref('int_classified_lines') }}

),

duplicates as (

    select * from {{ ref('int_duplicate_invoice_lines') }}

),

final as (

    select
        -- ids
        lines.line_id,
        lines.typed_key,
        lines.load_key,
        lines.invoice_id,
        lines.product_code,
        lines.customer_id,
        duplicates.original_line_id,

        -- text
        lines.description,
        lines.country,
        case when duplicates.line_id is null then lines.line_type end as line_type,
        case when duplicates.line_id is null then lines.reason else 'duplicate' end as reason,
        lines.source_file,

        -- numerics
        lines.source_row,
        lines.quantity,
        lines.unit_price,
        lines.amount,

        -- booleans
        lines.is_derived,

        -- timestamps
        lines.invoiced_at,
        lines.invoice_date

    from lines
    left join duplicates on lines.line_id = duplicates.line_id

)

select * from final
