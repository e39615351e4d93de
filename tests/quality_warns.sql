-- No figure misses its bar; a figure that does is warned of.
{{ config(severity='warn') }}

select
    check_name,
    segment,
    subject,
    value,
    bar,
    explanation
from {{ ref('segmentation_quality') }}
where verdict = 'warn'
