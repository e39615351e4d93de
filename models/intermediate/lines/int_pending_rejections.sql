{%- set stored = segmentation.stored_relation('int_rejected_invoice_lines') -%}

{#- What is stored already, of files and of copies. -#}
{%- set is_new_file -%}
classified_key not in (select stored.classified_key from {{ stored }} as stored where stored.reason <> 'duplicate')
{%- endset -%}
{%- set is_stored_copy -%}
duplicates.line_id = stored.line_id
            and duplicates.load_key = stored.load_key
            and duplicates.original_line_id = stored.original_line_id
{%- endset -%}

{#- Files with a line that is to be added: the rows of the others are passed over. -#}
{%- set pending -%}
select load_key from {{ ref('int_file_invoice_days') }} where reason is not null and {{ is_new_file }}
union
select duplicates.load_key from {{ ref('int_duplicate_invoice_lines') }} as duplicates
left join {{ stored }} as stored on {{ is_stored_copy }}
where stored.line_id is null
{%- endset -%}
{%- set load_keys = segmentation.first_column('pending_load_keys', pending) if stored else [] -%}
{%- set of_pending_files = 'load_key in (' ~ (load_keys | join(', ') or 'null') ~ ')' if stored else 'true' -%}

with file_invoice_days as (

    select * from {{ ref('int_file_invoice_days') }}
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
        and {{ of_pending_files }}

),

duplicates as (

    select * from {{ ref('int_duplicate_invoice_lines') }}

),

stg_files as (

    select * from {{ ref('stg_files') }}

),

-- Rows that Python read have their number with them; of the others the position says it.
numbered_rows as (

    select
        load_key,
        source_row,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}
    where
        source_row is not null
        and {{ of_pending_files }}

),

-- Files with rejected lines that are not stored yet.
files as (

    select distinct
        classified_key,
        typed_key
    from file_invoice_days
    {%- if stored %}
    where {{ is_new_file }}
    {%- endif %}

),

rejected_lines as (

    select
        lines.line_id,
        files.classified_key,
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
    {%- if stored %}
    left join {{ stored }} as stored
        on
            {{ is_stored_copy }}
    where stored.line_id is null
    {%- endif %}

),

final as (

    select
        -- ids
        rejected_lines.line_id,
        rejected_lines.classified_key,
        rejected_lines.load_key,
        rejected_lines.original_line_id,

        -- text
        rejected_lines.source_file,
        rejected_lines.reason,

        -- numerics
        rejected_lines.source_row,
        rejected_lines.amount,
        coalesce(
            numbered_rows.row_position,
            rejected_lines.source_row - stg_files.first_source_row + stg_files.first_position
        ) as row_position

    from rejected_lines
    inner join stg_files on rejected_lines.load_key = stg_files.load_key
    left join numbered_rows
        on
            rejected_lines.load_key = numbered_rows.load_key
            and rejected_lines.source_row = numbered_rows.source_row

)

select * from final
