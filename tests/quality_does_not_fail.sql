-- No figure misses its bar by so much that the build is to fail. The message of the build says what to do.
select
    check_name,
    segment,
    subject,
    value,
    bar,
    explanation
from {{ ref('segmentation_quality') }}
where verdict = 'fail'
