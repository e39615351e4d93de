{%- set content = segmentation.line_content() -%}

{#- Without an invoice number nothing says that two equal purchases are one. -#}
{%- set is_comparable =
    'has_invoice_id and problem is null and invoice_id is not null and invoiced_at is not null and amount is not null'
-%}
{%- set same_item_in_file_order =
    'partition by ' ~ content | join(', ') ~ ', item_number order by source_file, source_row'
-%}

-- The lines are read twice, first for their hashes only: few stand in the data twice, and only those are compared.
-- One import for both would be kept in memory as a whole.
with content_hashes as (

    select {{ segmentation.row_hash(content) }} as content_hash
    from {{ ref('stg_invoice_lines') }}
    where {{ is_comparable }}

),

lines as (

    select
        line_id,
        source_file,
        source_row,
        has_order_fields,
        {{ content | join(',\n        ') }},
        {{ segmentation.row_hash(content) }} as content_hash
    from {{ ref('stg_invoice_lines') }}
    where {{ is_comparable }}

),

repeated_hashes as (

    select content_hash
    from content_hashes
    group by content_hash
    having count(*) > 1

),

repeated_lines as (

    select lines.*
    from lines
    inner join repeated_hashes on lines.content_hash = repeated_hashes.content_hash

),

items as (

    select
        *,
        {{ segmentation.item_number() }} as item_number
    from repeated_lines

),

-- The partition is by the content and not by its hash, so that two lines that share a hash by chance stay apart.
copies as (

    select
        line_id,
        row_number() over ({{ same_item_in_file_order }}) as copy_number,
        first_value(line_id) over ({{ same_item_in_file_order }}) as original_line_id
    from items

),

final as (

    select
        line_id,
        original_line_id
    from copies
    where copy_number > 1

)

select * from final
