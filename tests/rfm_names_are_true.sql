-- What the name of a code claims is true of the medians of the customers who have it by their code. A score of s
-- means that (s - 1) / 5 of the customers have lower values and no more than that is known of ties, so these count in
-- favour of the name. The median of fewer than 20 customers says little. Of each customer it is true that a name does
-- not say active of who is gone, new of who is known, or long ago of who bought within the usual gap.
with customers as (

    select * from {{ ref('customer_segments') }}

),

codes as (

    select * from {{ ref('rfm_segments') }}

),

claims as (

    select * from {{ ref('rfm_segment_claims') }}

),

claim_words as (

    select * from {{ ref('claim_words') }}

),

shop_rhythm as (

    select * from {{ ref('shop_rhythm') }}

),

own_names as (

    select customers.*
    from customers
    inner join codes
        on
            customers.rfm_score = codes.rfm_score
            and customers.rfm_segment = codes.rfm_segment

),

positions as (

    {{ segmentation.median_positions(
        'customers', 'own_names', 'rfm_segment', ['recency', 'frequency', 'monetary', 'tenure']
    ) }}

),

bounds as (

    {{ segmentation.claim_bounds('claims', 'rfm_segment', 'claim_words', 'positions') }}

)

select
    positions.group_name as rfm_segment,
    bounds.word
from positions
inner join bounds
    on
        positions.group_name = bounds.group_name
        and positions.measure = bounds.measure
where
    positions.members >= 20
    and (positions.share_at_most < bounds.lowest or positions.share_below > bounds.highest)

union all

select distinct
    customers.rfm_segment,
    'of each member' as word
from customers
inner join claims on customers.rfm_segment = claims.rfm_segment
cross join shop_rhythm
where
    (claims.name_if_gone is not null and customers.recency_days > 3 * shop_rhythm.gap_days)
    or (claims.name_if_recent is not null and customers.recency_days <= shop_rhythm.gap_days)
    or (claims.name_if_known is not null and customers.tenure_days > shop_rhythm.new_days)
