{%- set line_types = ['sale', 'return', 'charge', 'adjustment', 'write_off', 'free'] -%}

with invoice_files as (

    select * from {{ ref('base_invoice_files') }}

),

rows_as_read as (

    select * from {{ ref('base_invoice_rows') }}

),

lines_as_read as (

    select * from {{ ref('stg_invoice_lines') }}

),

lines as (

    select * from {{ ref('int_invoice_lines') }}

),

rows_by_file as (

    select
        load_key,
        count(*) as rows_read
    from rows_as_read
    group by load_key

),

-- Counted before classification, so that the two sides of the account do not come from the same place.
money_by_file as (

    select
        source_file,
        sum(amount) as amount_read
    from lines_as_read
    group by source_file

),

fates_by_file as (

    select
        source_file,
        sum(case when line_type is not null then 1 else 0 end) as rows_accepted,
        sum(case when reason is not null then 1 else 0 end) as rows_rejected,
        sum(case when reason = 'duplicate' then 1 else 0 end) as rows_duplicate,
        {%- for line_type in line_types %}
        sum(case when line_type = '{{ line_type }}' then 1 else 0 end) as rows_{{ line_type }},
        sum(case when line_type = '{{ line_type }}' then amount end) as amount_{{ line_type }},
        {%- endfor %}
        sum(case when line_type is not null then amount end) as amount_accepted,
        sum(case when reason is not null then amount end) as amount_rejected
    from lines
    where not is_derived
    group by source_file

),

derived_by_file as (

    select
        source_file,
        count(*) as lines_derived,
        sum(amount) as amount_derived
    from lines
    where
        is_derived
        and line_type is not null
    group by source_file

),

-- Which file holds the line that a duplicate repeats.
shared_lines as (

    select
        lines.source_file,
        originals.source_file as original_file,
        count(*) as line_count
    from lines
    inner join invoice_files as originals
        on {{ segmentation.file_key_of_line('lines.original_line_id') }} = originals.file_key
    where
        lines.reason = 'duplicate'
        and lines.source_file <> originals.source_file
    group by
        lines.source_file,
        originals.source_file

),

shared_by_file as (

    select
        source_file,
        sum(line_count) as rows_duplicate_elsewhere,
        {{ dbt.listagg("original_file || ': ' || line_count", "', '", 'order by original_file') }} as duplicates_of
    from shared_lines
    group by source_file

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
        cast(coalesce(rows_by_file.rows_read, 0) as bigint) as rows_read,
        {%- for column in ['rows_accepted', 'rows_rejected', 'rows_duplicate'] %}
        cast(coalesce(fates_by_file.{{ column }}, 0) as bigint) as {{ column }},
        {%- endfor %}
        cast(coalesce(shared_by_file.rows_duplicate_elsewhere, 0) as bigint) as rows_duplicate_elsewhere,
        {%- for line_type in line_types %}
        cast(coalesce(fates_by_file.rows_{{ line_type }}, 0) as bigint) as rows_{{ line_type }},
        {%- endfor %}
        cast(coalesce(derived_by_file.lines_derived, 0) as bigint) as lines_derived,
        cast(coalesce(money_by_file.amount_read, 0) as {{ segmentation.type_money_total() }}) as amount_read,
        {%- for kind in ['accepted', 'rejected'] + line_types %}
        cast(coalesce(fates_by_file.amount_{{ kind }}, 0) as {{ segmentation.type_money_total() }})
            as amount_{{ kind }},
        {%- endfor %}

        cast(coalesce(derived_by_file.amount_derived, 0) as {{ segmentation.type_money_total() }}) as amount_derived,

        -- booleans
        invoice_files.is_present,

        -- timestamps
        invoice_files.loaded_at

    from invoice_files
    left join rows_by_file on invoice_files.load_key = rows_by_file.load_key
    left join money_by_file on invoice_files.source_file = money_by_file.source_file
    left join fates_by_file on invoice_files.source_file = fates_by_file.source_file
    left join derived_by_file on invoice_files.source_file = derived_by_file.source_file
    left join shared_by_file on invoice_files.source_file = shared_by_file.source_file

)

select * from final
