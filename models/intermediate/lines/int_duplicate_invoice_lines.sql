-- noqa: disable=LT02
-- SQL in a block of Jinja is indented as it is written, not as it comes out.
{{ config(materialized='append') }}

{%- set same_item_in_file_order =
    'partition by ' ~ segmentation.line_content() | join(', ') ~ ', item_number order by source_file, source_row'
-%}
{%- set continues = segmentation.compares_new_files_only(
    segmentation.files_to_compare(ref('int_file_invoice_days')), ref('stg_file_totals')
) -%}
{%- set contents = ref('int_duplicate_candidates') -%}
{%- set is_compared = 'content_hash in (select repeated.content_hash from ' ~ contents ~ ' as repeated)' -%}
{%- set range = segmentation.time_range(contents, 'first_invoiced_at', 'last_invoiced_at') if continues -%}

-- What is compared again is found again.
{{ segmentation.stale_rows(is_compared if continues else 'true') }}
with lines as (

    select * from {{ ref('int_classified_lines') }}
    where
        line_type is not null
        and has_invoice_id
        and not is_derived
        {%- if range %}
        and invoiced_at between {{ range[0] }} and {{ range[1] }}
        {%- elif continues %}
        and false
        {%- endif %}

),

duplicate_candidates as (

    select * from {{ ref('int_duplicate_candidates') }}

),

repeated_lines as (

    select lines.*
    from lines
    inner join duplicate_candidates on lines.content_hash = duplicate_candidates.content_hash

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
        *,
        row_number() over ({{ same_item_in_file_order }}) as copy_number,
        first_value(line_id) over ({{ same_item_in_file_order }}) as original_line_id,
        first_value(typed_key) over ({{ same_item_in_file_order }}) as original_typed_key
    from items

),

final as (

    select
        -- ids
        line_id,
        original_line_id,
        typed_key,
        original_typed_key,
        load_key,
        customer_id,
        invoice_id,
        content_hash,

        -- text
        country,
        line_type,
        source_file,

        -- numerics
        source_row,
        amount,

        -- timestamps
        invoiced_at,
        invoice_date

    from copies
    where copy_number > 1

)

select * from final
