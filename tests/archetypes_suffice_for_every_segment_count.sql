-- There is a name for each of ten clusters, and one overlay for high returners.
with counted as (

    select
        sum(case when kind = 'cluster' then 1 else 0 end) as clusters,
        sum(case when kind = 'overlay' then 1 else 0 end) as overlays
    from {{ ref('segment_archetypes') }}

)

select *
from counted
where
    clusters < 10
    or overlays <> 1
