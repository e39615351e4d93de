{%- set files = segmentation.pending_invoice_files(ref('base_invoice_files')) -%}

with invoice_files as (

    select * from {{ ref('base_invoice_files') }}
    where {{ segmentation.is_pending() }}

),

-- What the database finds where rows that are too short, too long or badly quoted are passed over.
row_counts as (

    {%- set text_files = files | selectattr('format', 'equalto', 'csv') | selectattr('is_readable') | list
        if segmentation.reads_text_files() else [] %}
    {%- for group in segmentation.group_by_layout(text_files) %}
    select
        {{ segmentation.file_load_key(group) }} as load_key,
        count(*) as row_count
    from {{ segmentation.read_files(group, passes_over_errors=true) }}
    group by 1
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as bigint) as load_key,
        cast(null as bigint) as row_count
    where false
    {%- endfor %}

),

final as (

    select
        -- ids
        invoice_files.load_key,

        -- numerics
        invoice_files.row_count as expected_rows,
        row_counts.row_count as found_rows,

        -- booleans
        invoice_files.is_readable
        {%- if segmentation.reads_text_files() %}
        and (invoice_files.format <> 'csv' or coalesce(row_counts.row_count, 0) = invoice_files.row_count)
        {%- else %}
        and invoice_files.format <> 'csv'
        {%- endif %}
            as is_intact

    from invoice_files
    left join row_counts on invoice_files.load_key = row_counts.load_key

)

select * from final
