{%- set line_types = ['sale', 'return', 'charge', 'adjustment', 'write_off', 'free'] -%}

-- Not before it is clear what the lines stand for.
-- depends_on: {{ ref('int_line_evidence') }}
with invoice_files as (

    select * from {{ ref('base_invoice_files') }}

),

file_rows as (

    select * from {{ ref('base_file_rows') }}

),

typed_files as (

    select * from {{ ref('stg_file_totals') }}

),

invoice_days as (

    select * from {{ ref('int_invoice_days') }}

),

duplicates as (

    select * from {{ ref('int_duplicate_invoice_lines') }}

),

duplicates_by_file as (

    select
        load_key,
        count(*) as rows_duplicate,
        sum(amount) as amount_duplicate
    from duplicates
    group by load_key

),

-- One pass over the account; copies are of the days of the lines that they repeat.
fates as (

    select
        load_key,
        part,
        line_type,
        reason,
        sum(line_count) as line_count,
        sum(amount) as amount,
        min(invoice_date) as first_invoice_date,
        max(invoice_date) as last_invoice_date
    from invoice_days
    group by load_key, part, line_type, reason

),

fates_by_file as (

    select
        load_key,
        {%- for line_type in line_types %}
        sum(case when part <> 'derived' and line_type = '{{ line_type }}' then line_count else 0 end)
            as rows_{{ line_type }},
        sum(case when part <> 'derived' and line_type = '{{ line_type }}' then amount end) as amount_{{ line_type }},
        {%- endfor %}
        sum(case when part <> 'derived' and line_type is not null then line_count else 0 end) as rows_accepted,
        sum(case when part <> 'derived' and line_type is not null then amount end) as amount_accepted,
        sum(case when reason is not null then line_count else 0 end) as rows_rejected,
        sum(case when reason is not null then amount end) as amount_rejected,
        sum(case when part = 'derived' then line_count else 0 end) as lines_derived,
        sum(case when part = 'derived' then amount end) as amount_derived,
        min(case when line_type is not null then first_invoice_date end) as first_invoice_date,
        max(case when line_type is not null then last_invoice_date end) as last_invoice_date
    from fates
    group by load_key

),

-- Which file holds the line that a duplicate repeats.
shared_lines as (

    select
        duplicates.load_key,
        originals.source_file as original_file,
        count(*) as line_count
    from duplicates
    inner join typed_files as originals on duplicates.original_typed_key = originals.typed_key
    where duplicates.typed_key <> duplicates.original_typed_key
    group by
        duplicates.load_key,
        originals.source_file

),

shared_by_file as (

    select
        load_key,
        sum(line_count) as rows_duplicate_elsewhere,
        {{ segmentation.joined_text("original_file || ': ' || line_count", ', ', 'original_file') }} as duplicates_of
    from shared_lines
    group by load_key

),

final as (

    select
        -- text
        invoice_files.source_file,
        invoice_files.format,
        invoice_files.shape,
        invoice_files.delimiter,
        invoice_files.encoding,
        shared_by_file.duplicates_of,

        -- numerics
        invoice_files.size_bytes,
        cast(coalesce(file_rows.row_count, 0) as bigint) as rows_read,
        cast(coalesce(fates_by_file.rows_accepted, 0) as bigint) as rows_accepted,
        cast(
            coalesce(fates_by_file.rows_rejected, 0) + coalesce(duplicates_by_file.rows_duplicate, 0) as bigint
        ) as rows_rejected,
        cast(coalesce(duplicates_by_file.rows_duplicate, 0) as bigint) as rows_duplicate,
        cast(coalesce(shared_by_file.rows_duplicate_elsewhere, 0) as bigint) as rows_duplicate_elsewhere,
        {%- for line_type in line_types %}
        cast(coalesce(fates_by_file.rows_{{ line_type }}, 0) as bigint) as rows_{{ line_type }},
        {%- endfor %}
        cast(coalesce(fates_by_file.lines_derived, 0) as bigint) as lines_derived,
        cast(coalesce(typed_files.amount, 0) as {{ segmentation.type_money_total() }}) as amount_read,
        cast(coalesce(fates_by_file.amount_accepted, 0) as {{ segmentation.type_money_total() }}) as amount_accepted,
        cast(
            coalesce(fates_by_file.amount_rejected, 0) + coalesce(duplicates_by_file.amount_duplicate, 0)
            as {{ segmentation.type_money_total() }}
        ) as amount_rejected,
        {%- for line_type in line_types %}
        cast(coalesce(fates_by_file.amount_{{ line_type }}, 0) as {{ segmentation.type_money_total() }})
            as amount_{{ line_type }},
        {%- endfor %}
        cast(coalesce(fates_by_file.amount_derived, 0) as {{ segmentation.type_money_total() }}) as amount_derived,

        -- booleans
        invoice_files.is_present,

        -- dates
        fates_by_file.first_invoice_date,
        fates_by_file.last_invoice_date,

        -- timestamps
        invoice_files.loaded_at

    from invoice_files
    left join file_rows on invoice_files.load_key = file_rows.load_key
    left join typed_files on invoice_files.load_key = typed_files.load_key
    left join fates_by_file on invoice_files.load_key = fates_by_file.load_key
    left join duplicates_by_file on invoice_files.load_key = duplicates_by_file.load_key
    left join shared_by_file on invoice_files.load_key = shared_by_file.load_key

)

select * from final
