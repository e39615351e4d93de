-- noqa: disable=LT02
-- SQL in a block of Jinja is indented as it is written, not as it comes out.
{%- set files_to_compare = segmentation.files_to_compare(ref('int_file_invoice_days')) -%}
{%- set continues = segmentation.compares_new_files_only(files_to_compare, ref('stg_file_totals')) -%}
{%- set duplicates = segmentation.stored_relation('int_duplicate_invoice_lines') -%}
{%- set range = segmentation.time_range(files_to_compare, 'first_date', 'last_date') if continues -%}

-- Without an invoice number nothing says that two equal purchases are one.
with lines as (

    select
        typed_key,
        content_hash,
        invoiced_at
    from {{ ref('int_classified_lines') }}
    where
        line_type is not null
        and has_invoice_id
        and not is_derived
        {%- if range %}
        and invoiced_at >= {{ range[0] }}
        and invoiced_at < {{ segmentation.dateadd('day', 1, range[1]) }}
        {%- elif continues %}
        and false
        {%- endif %}

),

{%- if continues %}
files_to_compare as (

    select * from {{ files_to_compare }} as pending_files

),

new_contents as (

    select distinct lines.content_hash
    from lines
    inner join files_to_compare on lines.typed_key = files_to_compare.typed_key

),

comparable_lines as (

    select lines.*
    from lines
    inner join new_contents on lines.content_hash = new_contents.content_hash

),

invoice_files as (

    select * from {{ ref('stg_file_totals') }}

),

-- A file with one of the copies is gone: the others are compared without it.
left_alone as (

    select
        duplicates.content_hash,
        duplicates.invoiced_at
    from {{ duplicates }} as duplicates
    where
        duplicates.typed_key not in (select invoice_files.typed_key from invoice_files)
        or duplicates.original_typed_key not in (select invoice_files.typed_key from invoice_files)

),
{%- else %}

comparable_lines as (

    select * from lines

),
{%- endif %}

repeated as (

    select
        content_hash,
        min(invoiced_at) as first_invoiced_at,
        max(invoiced_at) as last_invoiced_at
    from comparable_lines
    group by content_hash
    having count(*) > 1
    {%- if continues %}

    union all

    select
        content_hash,
        min(invoiced_at) as first_invoiced_at,
        max(invoiced_at) as last_invoiced_at
    from left_alone
    group by content_hash
    {%- endif %}

),

final as (

    select
        content_hash,
        min(first_invoiced_at) as first_invoiced_at,
        max(last_invoiced_at) as last_invoiced_at
    from repeated
    group by content_hash

)

select * from final
