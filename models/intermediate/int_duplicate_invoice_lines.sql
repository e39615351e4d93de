{%- set content = [
    'invoice_id', 'product_code', 'description', 'quantity', 'unit_price', 'invoiced_at', 'customer_id', 'country'
] -%}

with lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

hashed as (

    select
        line_id,
        source_file,
        source_row,
        {{ content | join(',\n        ') }},
        {{ segmentation.row_hash(content) }} as content_hash
    from lines
    where
        invoice_id is not null
        and quantity is not null
        and unit_price is not null
        and invoiced_at is not null

),

-- Few lines stand in the data twice: only those that may are sorted.
repeated_hashes as (

    select content_hash
    from hashed
    group by content_hash
    having count(*) > 1

),

repeated_lines as (

    select hashed.*
    from hashed
    inner join repeated_hashes on hashed.content_hash = repeated_hashes.content_hash

),

-- The partition is by the content and not by its hash, so that two lines that share a hash by chance stay apart.
copies as (

    select
        line_id,
        row_number() over (content_in_file_order) as copy_number,
        first_value(line_id) over (content_in_file_order) as original_line_id
    from repeated_lines
    window
        content_in_file_order as (
            partition by {{ content | join(', ') }}
            order by source_file, source_row
        )

),

final as (

    select
        line_id,
        original_line_id
    from copies
    where copy_number > 1

)

select * from final
