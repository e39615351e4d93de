-- What the name of a code claims is true of the medians of its customers. A score of s means that (s - 1) / 5 of the
-- customers have lower values and no more than that is known of ties, so these count in favour of the name.
-- The median of fewer than 20 customers says little.
with customers as (

    select * from {{ ref('customer_segments') }}

),

claims as (

    select * from {{ ref('rfm_segment_claims') }}

),

positions as (

    {{ segmentation.median_positions(
        'customers', 'customers', 'rfm_segment', ['recency', 'frequency', 'monetary', 'tenure']
    ) }}

),

bounds as (

    {{ segmentation.claim_bounds('claims', 'rfm_segment') }}

)

select
    positions.group_name as rfm_segment,
    positions.measure,
    positions.share_below,
    positions.share_at_most,
    bounds.bound_from,
    bounds.bound_to
from positions
inner join bounds
    on
        positions.group_name = bounds.group_name
        and positions.measure = bounds.measure
where
    positions.members >= 20
    and (positions.share_at_most < bounds.bound_from or positions.share_below > bounds.bound_to)
