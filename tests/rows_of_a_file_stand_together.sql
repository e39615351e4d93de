-- The rows of a file follow each other without gaps, so that their positions number them.
select
    load_key,
    row_count,
    first_position,
    last_position
from {{ ref('base_file_rows') }}
where last_position - first_position + 1 <> row_count
