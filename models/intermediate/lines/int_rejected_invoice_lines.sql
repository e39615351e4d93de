{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ segmentation.delete_stale_rejections(this, ref('int_file_invoice_days'), ref('int_duplicate_invoice_lines')) }}"
    )
}}

{#- The rows of other files are passed over. -#}
{%- set load_keys = segmentation.first_column(
    'load_keys', 'select distinct load_key from ' ~ ref('int_pending_rejections')
) if segmentation.is_running() else [] -%}

with rejections as (

    select * from {{ ref('int_pending_rejections') }}
    {%- if segmentation.is_running() and is_incremental() %}
    -- Where this model is built by itself, they may be here already.
    where line_id not in (select stored.line_id from {{ this }} as stored)
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
