{{ config(materialized='by_part', part_key='classified_key') }}

{#-
    Lines are classified by a view, of whose SQL nothing is seen here, and by a seed. Files with another key are compared with all others again,
    as they have to be where a copy begins to count.
-#}
{%- set keys = [
    'typed_key', 'is_in_use', 'orders_hash',
    segmentation.view_checksum(ref('int_classified_lines')),
    segmentation.seed_checksum('non_product_codes'),
    (var('duplicate_lines') == 'keep') | lower
] -%}

with invoice_files as (

    select * from {{ ref('stg_file_totals') }}

),

cancellation_marks as (

    select * from {{ ref('int_cancellation_marks') }}

),

superseded_orders as (

    select
        typed_key,
        cast(
            {{ segmentation.sum_of_hashes(segmentation.row_hash(['invoice_id', 'order_date'])) }}
            as {{ dbt.type_string() }}
        ) as orders_hash
    from {{ ref('int_superseded_orders') }}
    group by typed_key

),

classified_files as (

    select
        invoice_files.typed_key,
        cancellation_marks.is_in_use,
        superseded_orders.orders_hash
    from invoice_files
    left join cancellation_marks on invoice_files.shape is not distinct from cancellation_marks.shape
    left join superseded_orders on invoice_files.typed_key = superseded_orders.typed_key

),

files as (

    {{ segmentation.pending_parts('classified_files', keys, 'classified_key') }}

),

lines as (

    select * from {{ ref('int_classified_lines') }}
    where not is_derived

),

days as (

    select
        files.classified_key,
        lines.typed_key,
        lines.load_key,
        lines.customer_id,
        lines.invoice_id,
        lines.country,
        lines.line_type,
        lines.reason,
        lines.invoice_date,
        count(*) as line_count,
        sum(abs(lines.quantity)) as absolute_quantity,
        sum(lines.amount) as amount,
        min(lines.amount) as least_amount,
        max(lines.amount) as greatest_amount
    from lines
    inner join files on lines.typed_key = files.typed_key
    group by
        files.classified_key,
        lines.typed_key,
        lines.load_key,
        lines.customer_id,
        lines.invoice_id,
        lines.country,
        lines.line_type,
        lines.reason,
        lines.invoice_date

),

final as (

    select
        -- ids
        classified_key,
        typed_key,
        load_key,
        customer_id,
        invoice_id,
        {{ segmentation.row_hash(segmentation.day_content()) }} as content_hash,

        -- text
        country,
        line_type,
        reason,

        -- numerics
        line_count,
        absolute_quantity,
        {{ segmentation.safe_cast('amount', segmentation.type_money()) }} as amount,
        case when {{ segmentation.safe_cast('amount', segmentation.type_money()) }} is null then amount end
            as large_amount,
        least_amount,
        greatest_amount,

        -- dates
        invoice_date

    from days

)

select * from final
