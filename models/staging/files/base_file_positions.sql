{%- do segmentation.check_conventions(
    ref('base_file_conventions'), ref('base_invoice_rows'), ref('base_invoice_files')
) -%}
{%- do segmentation.check_currencies(ref('base_file_currencies')) -%}

with file_rows as (

    select * from {{ ref('base_file_rows') }}

),

invoice_files as (

    select * from {{ ref('base_invoice_files') }}

),

conventions as (

    select * from {{ ref('base_file_conventions') }}

),

final as (

    select
        -- ids
        file_rows.load_key,
        invoice_files.file_key,

        -- text
        invoice_files.source_file,
        invoice_files.shape,
        conventions.date_order,
        conventions.decimal_mark,

        -- numerics
        file_rows.first_position,
        invoice_files.header_row + 2 as first_source_row,

        -- booleans
        {%- for field in ['invoice_id', 'quantity', 'unit_price'] %}
        invoice_files.positions like '%"{{ field }}"%' as has_{{ field }},
        {%- endfor %}
        invoice_files.order_fields <> '[]' as has_order_fields

    from file_rows
    inner join invoice_files on file_rows.load_key = invoice_files.load_key
    left join conventions on file_rows.load_key = conventions.load_key

)

select * from final
