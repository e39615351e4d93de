-- Every file with lines has rows: as many as a Parquet file says, and at most as many as a text file has lines.
select
    files.source_file,
    files.row_count as expected_rows,
    file_rows.row_count as found_rows
from {{ ref('base_invoice_files') }} as files
left join {{ ref('base_file_rows') }} as file_rows on files.load_key = file_rows.load_key
where
    files.row_count > 0
    and (
        file_rows.row_count is null
        or file_rows.row_count > files.row_count
        or (files.format = 'parquet' and file_rows.row_count <> files.row_count)
    )
