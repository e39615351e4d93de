{{ config(post_hook="{{ segmentation.log_files_read(this, ref('base_invoice_files')) }}") }}

with invoice_rows as (

    select
        load_key,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

final as (

    select
        load_key,
        min(row_position) as first_position,
        max(row_position) as last_position,
        count(*) as row_count
    from invoice_rows
    group by load_key

)

select * from final
