{%- set features = var('cluster_features') -%}

with customers as (

    select * from {{ ref('int_clustering_features') }}

),

fitted as (

    select * from {{ ref('int_segmentation_model') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

-- One row a segment, one column a feature.
segments as (

    select
        segment_number,
        segment,
        {%- for feature in features %}
        {%- for part in ['center', 'scale', 'low', 'high', 'scaled_centroid'] %}
        max(case when feature = '{{ feature }}' then {{ part }} end) as {{ feature }}_{{ part }},
        {%- endfor %}
        {%- endfor %}
        count(*) as features
    from fitted
    group by segment_number, segment

),

distances as (

    select
        customers.customer_id,
        segments.segment_number,
        segments.segment,
        {%- for feature in features %}
        {{ '+ ' if not loop.first }}power(
            (
                least(
                    greatest(ln(1.0 + greatest(customers.{{ feature }}, 0.0)), segments.{{ feature }}_low),
                    segments.{{ feature }}_high
                ) - segments.{{ feature }}_center
            ) / segments.{{ feature }}_scale - segments.{{ feature }}_scaled_centroid,
            2
        )
        {%- endfor %} as squared_distance
    from customers
    cross join segments

),

ranked as (

    select
        *,
        row_number() over (partition by customer_id order by squared_distance, segment_number) as nearness
    from distances

),

final as (

    select
        customer_id,
        segment_number,
        segment as centroid_segment
    from ranked
    where nearness = 1

)

select * from final
