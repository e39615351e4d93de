{%- do segmentation.check_conventions(
    ref('base_file_conventions'), ref('base_invoice_rows'), ref('base_invoice_files')
) -%}
{%- do segmentation.check_currencies(ref('base_file_currencies')) -%}

with invoice_rows as (

    select
        load_key,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

invoice_files as (

    select * from {{ ref('base_invoice_files') }}

),

conventions as (

    select * from {{ ref('base_file_conventions') }}

),

row_ranges as (

    select
        load_key,
        min(row_position) as first_position
    from invoice_rows
    group by load_key

),

final as (

    select
        -- ids
        row_ranges.load_key,
        invoice_files.file_key,

        -- text
        invoice_files.source_file,
        invoice_files.shape,
        conventions.date_order,
        conventions.decimal_mark,

        -- numerics
        row_ranges.first_position,
        invoice_files.header_row + 2 as first_source_row,

        -- booleans
        {%- for field in ['invoice_id', 'quantity', 'unit_price'] %}
        invoice_files.positions like '%"{{ field }}"%' as has_{{ field }},
        {%- endfor %}
        invoice_files.order_fields <> '[]' as has_order_fields

    from row_ranges
    inner join invoice_files on row_ranges.load_key = invoice_files.load_key
    left join conventions on row_ranges.load_key = conventions.load_key

)

select * from final
