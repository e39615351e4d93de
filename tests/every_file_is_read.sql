-- Every file with lines has rows: as many as a Parquet file says, and at most as many as a text file has lines.
with row_counts as (

    select
        load_key,
        count(*) as row_count
    from {{ ref('base_invoice_rows') }}
    group by load_key

)

select
    files.source_file,
    files.row_count as expected_rows,
    row_counts.row_count as found_rows
from {{ ref('base_invoice_files') }} as files
left join row_counts on files.load_key = row_counts.load_key
where
    files.row_count > 0
    and (
        row_counts.row_count is null
        or row_counts.row_count > files.row_count
        or (files.format = 'parquet' and row_counts.row_count <> files.row_count)
    )
