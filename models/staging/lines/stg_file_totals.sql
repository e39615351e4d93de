{{ config(materialized='by_part', part_key='file_totals_key') }}

{%- set prefix = var('cancellation_prefix') -%}

with typed_files as (

    select distinct typed_key from {{ ref('stg_invoice_lines') }}

),

files as (

    {{ segmentation.pending_parts('typed_files', ['typed_key'], 'file_totals_key') }}

),

lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

final as (

    select
        files.file_totals_key,
        lines.typed_key,
        lines.load_key,
        lines.source_file,
        lines.shape,
        count(*) as line_count,
        sum(lines.amount) as amount,
        sum(abs(lines.amount)) as absolute_amount,
        sum(case when lines.is_amount_agreed then 1 else 0 end) as agreed_amounts,
        sum(case when not lines.is_amount_agreed then 1 else 0 end) as disagreed_amounts,
        min(case when not lines.is_amount_agreed then lines.source_row end) as disagreed_row,
        sum(case when {{ segmentation.starts_with('lines.invoice_id', prefix) }} then 1 else 0 end) as marked_lines,
        sum(
            case
                when {{ segmentation.starts_with('lines.invoice_id', prefix) }} and lines.quantity < 0 then 1
                else 0
            end
        ) as marked_negative_lines
    from lines
    inner join files on lines.typed_key = files.typed_key
    group by
        files.file_totals_key,
        lines.typed_key,
        lines.load_key,
        lines.source_file,
        lines.shape

)

select * from final
