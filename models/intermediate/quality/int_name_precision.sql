{%- set bounds = segmentation.member_bounds() -%}

with segments as (

    select distinct
        segment,
        {{ bounds | join(',\n        ') }}
    from {{ ref('int_segmentation_model') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

customers as (

    select
        customer_id,
        recency_days as silent_days,
        frequency as orders,
        tenure_days as known_days
    from {{ ref('int_clustering_features') }}

),

final as (

    select
        segments.segment,
        {{ segmentation.share_of(
            'sum(case when ' ~ segmentation.is_true_of_member('customers', 'segments') ~ ' then 1 else 0 end)', 'count(*)'
        ) }} as name_precision
    from assignments
    inner join segments on assignments.segment = segments.segment
    inner join customers on assignments.customer_id = customers.customer_id
    where coalesce(segments.{{ bounds | join(', segments.') }}) is not null
    group by segments.segment

)

select * from final
