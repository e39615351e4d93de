{{ config(materialized='view') }}

with lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

superseded_orders as (

    select * from {{ ref('int_superseded_orders') }}

),

final as (

    select
        lines.typed_key,
        lines.load_key,
        lines.line_id,
        lines.invoice_id,
        lines.product_code,
        lines.customer_id,
        lines.content_hash,
        lines.description,
        lines.country,
        lines.source_file,
        lines.shape,
        lines.unread_hash,
        lines.source_row,
        lines.quantity,
        lines.unit_price,
        lines.amount,
        lines.has_invoice_id,
        lines.has_order_fields,
        lines.invoiced_at,
        lines.returned_at,
        case
            when superseded_orders.typed_key is not null then coalesce(lines.problem, 'superseded')
            else lines.problem
        end as problem
    from lines
    left join superseded_orders
        on
            lines.typed_key = superseded_orders.typed_key
            and lines.invoice_id = superseded_orders.invoice_id
            and cast(lines.invoiced_at as date) = superseded_orders.order_date

)

select * from final
