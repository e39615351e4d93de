{{ config(materialized='incremental', incremental_strategy='append') }}

{%- set continues = segmentation.is_continued('classified_key') -%}
{%- if continues -%}
    {%- do run_query(
        'delete from ' ~ this ~ " where reason <> 'duplicate' and classified_key not in (select row_key from " ~ ref('int_read_days') ~ ')'
    ) -%}
    {%- do run_query(
        'delete from ' ~ this ~ " where reason = 'duplicate' and not exists (select 1 from " ~ ref('int_duplicate_invoice_lines')
        ~ ' as found where found.line_id = ' ~ this ~ '.line_id and found.original_line_id = ' ~ this ~ '.original_line_id'
        ~ ' and found.load_key = ' ~ this ~ '.load_key)'
    ) -%}
{%- endif -%}

with read_days as (

    select * from {{ ref('int_read_days') }}
    where reason is not null

),

lines as (

    select
        line_id,
        typed_key,
        load_key,
        source_file,
        source_row,
        reason,
        amount
    from {{ ref('int_classified_lines') }}
    where
        reason is not null
        and not is_derived

),

duplicates as (

    select * from {{ ref('int_duplicate_invoice_lines') }}

),

file_positions as (

    select * from {{ ref('base_file_positions') }}

),

invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

-- Files with rejected lines that are not here yet.
files as (

    select distinct
        row_key,
        typed_key
    from read_days
    {%- if continues %}
    where row_key not in (select stored.classified_key from {{ this }} as stored where stored.reason <> 'duplicate')
    {%- endif %}

),

rejected_lines as (

    select
        lines.line_id,
        files.row_key as classified_key,
        lines.load_key,
        lines.source_file,
        lines.source_row,
        lines.reason,
        cast(null as bigint) as original_line_id,
        lines.amount
    from lines
    inner join files on lines.typed_key = files.typed_key

    union all

    select
        duplicates.line_id,
        cast(null as bigint) as classified_key,
        duplicates.load_key,
        duplicates.source_file,
        duplicates.source_row,
        'duplicate' as reason,
        duplicates.original_line_id,
        duplicates.amount
    from duplicates
    {%- if continues %}
    left join {{ this }} as stored on duplicates.line_id = stored.line_id
    where stored.line_id is null
    {%- endif %}

),

rejected_files as (

    select distinct load_key
    from rejected_lines

),

positioned_rows as (

    select
        invoice_rows.*,
        coalesce(
            invoice_rows.source_row,
            invoice_rows.row_position - file_positions.first_position + file_positions.first_source_row
        ) as position_in_file
    from invoice_rows
    inner join file_positions on invoice_rows.load_key = file_positions.load_key
    inner join rejected_files on invoice_rows.load_key = rejected_files.load_key

),

-- The text is put together for the rejected rows only.
final as (

    select
        rejected_lines.line_id,
        rejected_lines.classified_key,
        rejected_lines.load_key,
        rejected_lines.source_file,
        rejected_lines.source_row,
        rejected_lines.reason,
        {{ segmentation.raw_text('positioned_rows') }} as raw_text,
        rejected_lines.original_line_id,
        rejected_lines.amount
    from rejected_lines
    inner join positioned_rows
        on
            rejected_lines.load_key = positioned_rows.load_key
            and rejected_lines.source_row = positioned_rows.position_in_file

)

select * from final
