-- What the name of a segment claims is true of the medians of all its customers. Its bounds held at the fit for those
-- who were voted into it, or were missed by 0.02 at most where it took the name over; from 0.04 on the model is
-- refitted. That a sample decides it moves a median a little more: 0.05.
-- The median of fewer than 20 customers says little.
{%- set tolerance = 0.05 %}
{%- set fewest_members = 20 %}

with customers as (

    select * from {{ ref('customer_segments') }}

),

archetypes as (

    select * from {{ ref('segment_archetypes') }}
    where kind = 'cluster'

),

positions as (

    {{ segmentation.median_positions(
        'customers', 'customers', 'segment', ['recency', 'frequency', 'monetary', 'tenure']
    ) }}

),

bounds as (

    {{ segmentation.claim_bounds('archetypes', 'segment') }}

),

longest as (

    select max(tenure_days) as tenure_days
    from customers

),

-- A median of at least 2 orders means that no more than half of the customers have fewer.
counted as (

    select
        customers.segment,
        {{ segmentation.share_of(
            'sum(case when customers.frequency < archetypes.min_median_frequency then 1 else 0 end)', 'count(*)'
        ) }} as share_with_too_few_orders,
        {{ segmentation.share_of(
            'sum(case when customers.frequency > archetypes.max_median_frequency then 1 else 0 end)', 'count(*)'
        ) }} as share_with_too_many_orders,
        {{ segmentation.share_of(segmentation.median_value('customers.tenure_days'), 'max(longest.tenure_days)') }}
            as tenure_share,
        max(archetypes.max_tenure_share) as max_tenure_share
    from customers
    inner join archetypes on customers.segment = archetypes.segment
    cross join longest
    group by customers.segment
    having count(*) >= {{ fewest_members }}

),

compared as (

    select
        positions.group_name as segment,
        positions.measure,
        (positions.share_below + positions.share_at_most) / 2 as standing,
        bounds.bound_from,
        bounds.bound_to
    from positions
    inner join bounds
        on
            positions.group_name = bounds.group_name
            and positions.measure = bounds.measure
    where
        positions.members >= {{ fewest_members }}
        -- Where all customers are equal no name says anything.
        and positions.share_at_most - positions.share_below < 1

    union all

    select
        segment,
        'share with too few orders' as measure,
        share_with_too_few_orders as standing,
        0 as bound_from,
        0.5 as bound_to
    from counted

    union all

    select
        segment,
        'share with too many orders' as measure,
        share_with_too_many_orders as standing,
        0 as bound_from,
        0.5 as bound_to
    from counted

    union all

    select
        segment,
        'tenure as a share of the longest' as measure,
        tenure_share as standing,
        0 as bound_from,
        coalesce(max_tenure_share, 1) as bound_to
    from counted

)

select
    segment,
    measure,
    standing,
    case when standing < bound_from then bound_from else bound_to end as bound
from compared
where
    standing < bound_from - {{ tolerance }}
    or standing > bound_to + {{ tolerance }}
