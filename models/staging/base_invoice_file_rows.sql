{%- do segmentation.check_date_orders(ref('base_invoice_date_orders'), ref('base_invoice_rows')) -%}

with invoice_rows as (

    select
        source_file,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

invoice_files as (

    select * from {{ ref('base_invoice_files') }}

),

date_orders as (

    select * from {{ ref('base_invoice_date_orders') }}

),

row_ranges as (

    select
        source_file,
        min(row_position) as first_position
    from invoice_rows
    group by source_file

),

final as (

    select
        -- text
        row_ranges.source_file,
        date_orders.date_order,

        -- numerics
        invoice_files.file_key,
        row_ranges.first_position,
        case when invoice_files.format = 'csv' then 2 else 1 end as first_source_row

    from row_ranges
    inner join invoice_files on row_ranges.source_file = invoice_files.source_file
    left join date_orders on row_ranges.source_file = date_orders.source_file

)

select * from final
