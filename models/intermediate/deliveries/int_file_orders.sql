{{ config(materialized='by_part', part_key='file_orders_key') }}

{%- set content = segmentation.line_content() | reject('equalto', 'unread_hash') | list -%}

with typed_files as (

    select distinct typed_key from {{ ref('stg_invoice_lines') }}

),

file_counts as (

    select count(*) as file_count
    from typed_files

),

-- One file alone shares no order with another.
delivered_files as (

    select typed_files.*
    from typed_files
    inner join file_counts on file_counts.file_count > 1

),

files as (

    {{ segmentation.pending_parts('delivered_files', ['typed_key'], 'file_orders_key') }}

),

lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where
        has_invoice_id
        and invoice_id is not null
        -- A mistyped year would make a file the newest delivery.
        and {{ segmentation.is_plausible_time('invoiced_at') }}
        and coalesce(problem, '') not in (
            'order_mark', 'unreadable', 'erased', 'repeated_header', 'total_row', 'order_row'
        )

),

final as (

    select
        files.file_orders_key,
        lines.typed_key,
        lines.invoice_id,
        cast(lines.invoiced_at as date) as order_date,
        lines.amount < 0 as is_return,
        max(lines.invoiced_at) as last_invoiced_at,
        min(lines.source_row) as first_row,
        max(lines.source_row) as last_row,
        count(*) as line_count,
        cast(
            {{ segmentation.sum_of_hashes(segmentation.row_hash(content)) }} as {{ dbt.type_string() }}
        ) as content_hash,
        cast(
            {{ segmentation.sum_of_hashes(segmentation.row_hash(['content_hash', 'problem', 'returned_at'])) }}
            as {{ dbt.type_string() }}
        ) as order_hash,
        min({{ segmentation.row_hash(['product_code', 'description']) }}) as least_product_hash,
        max({{ segmentation.row_hash(['product_code', 'description']) }}) as greatest_product_hash
    from lines
    inner join files on lines.typed_key = files.typed_key
    group by
        files.file_orders_key,
        lines.typed_key,
        lines.invoice_id,
        cast(lines.invoiced_at as date),
        lines.amount < 0

)

select * from final
