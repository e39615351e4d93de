-- Exactly one number of segments is chosen, and the model has that many.
with chosen as (

    select
        count(*) as candidates,
        max(segment_count) as segment_count
    from {{ ref('segmentation_candidates') }}
    where is_chosen

),

fitted as (

    select count(*) as segments
    from {{ ref('segmentation_model') }}
    where is_in_force

)

select
    chosen.candidates,
    chosen.segment_count,
    fitted.segments
from chosen
cross join fitted
where
    chosen.candidates <> 1
    or chosen.segment_count <> fitted.segments
