{{ config(materialized='append') }}

{%- set stored = segmentation.stored_relation('int_rejected_invoice_lines') -%}
{#- Lines of files that were classified otherwise, and copies that are none any more: copies have no classified_key. -#}
{%- set days = ref('int_file_invoice_days') -%}
{%- set is_reclassified = 'classified_key not in (select days.classified_key from ' ~ days ~ ' as days)' -%}
{%- set is_no_copy = "reason = 'duplicate' and not exists (select 1 from " ~ ref('int_duplicate_invoice_lines')
    ~ ' as found where found.line_id = ' ~ this ~ '.line_id and found.original_line_id = ' ~ this ~ '.original_line_id'
    ~ ' and found.load_key = ' ~ this ~ '.load_key)' -%}
{#- The rows of other files are passed over. -#}
{%- set load_keys = segmentation.first_column(
    'load_keys', 'select distinct load_key from ' ~ ref('int_pending_rejections')
) if segmentation.is_running() else [] -%}

{{ segmentation.stale_rows(is_reclassified ~ ' or ' ~ is_no_copy) }}
with rejections as (

    select * from {{ ref('int_pending_rejections') }}
    {%- if stored %}
    -- Where this model is built by itself, they may be here already.
    where line_id not in (select stored.line_id from {{ stored }} as stored)
    {%- endif %}

),

invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}
    {%- if segmentation.is_running() %}
    where load_key in ({{ load_keys | join(', ') or 'null' }})
    {%- endif %}

),

-- The text is put together for the rejected rows only.
final as (

    select
        rejections.line_id,
        rejections.classified_key,
        rejections.load_key,
        rejections.source_file,
        rejections.source_row,
        rejections.reason,
        {{ segmentation.raw_text('invoice_rows') }} as raw_text,
        rejections.original_line_id,
        rejections.amount
    from rejections
    inner join invoice_rows
        on
            rejections.row_position = invoice_rows.row_position
            and rejections.load_key = invoice_rows.load_key

)

select * from final
