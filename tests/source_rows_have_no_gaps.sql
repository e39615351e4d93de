-- Rows of a file are numbered without gaps or repeats, from its first row on.
select
    source_file,
    count(*) as line_count,
    min(source_row) as first_row,
    max(source_row) as last_row
from {{ ref('stg_invoice_lines') }}
group by source_file
having
    max(source_row) - min(source_row) + 1 <> count(*)
    or min(source_row) not between 1 and 11
