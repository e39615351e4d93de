-- No assumption about the files is doubtful; one that is, is warned of.
{{ config(severity='warn') }}

select
    source_file,
    assumption,
    assumed,
    explanation
from {{ ref('reading_evidence') }}
where decided_by = 'warning'
