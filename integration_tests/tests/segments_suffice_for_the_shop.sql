-- A bar of the shop's own on the segments: what misses it is not published.
select count(distinct segment) as segments
from {{ ref('segmentation', 'customer_segments') }}
having count(distinct segment) < {{ var('least_segments') }}
