{%- set features = var('cluster_features') -%}
{%- set attributes = segmentation.attribute_features() -%}

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
        max(case when feature = {{ segmentation.sql_text(feature) }} then scaled_centroid end)
            as {{ attributes.get(feature, feature) }}_scaled_centroid,
        {%- endfor %}
        {%- for bound in segmentation.member_bounds() %}
        max({{ bound }}) as {{ bound }},
        {%- endfor %}
        count(*) as features
    from fitted
    group by segment_number, segment

),

-- All segments of a fit are scaled alike.
scaling as (

    select
        {%- for feature in features %}
        {%- for part in ['center', 'scale', 'low', 'high', 'value_if_unknown'] %}
        max(case when feature = {{ segmentation.sql_text(feature) }} then {{ part }} end)
            as {{ attributes.get(feature, feature) }}_{{ part }},
        {%- endfor %}
        {%- endfor %}
        count(*) as features
    from fitted

),

scaled as (

    select
        {%- for feature in features %}
        {%- set column = attributes.get(feature, feature) %}
        {%- set value = 'coalesce(customers.' ~ column ~ ', scaling.' ~ column ~ '_value_if_unknown)' %}
        (
            least(greatest(ln(1.0 + greatest({{ value }}, 0.0)), scaling.{{ column }}_low), scaling.{{ column }}_high)
            - scaling.{{ column }}_center
        ) / scaling.{{ column }}_scale as {{ column }},
        {%- endfor %}
        customers.customer_id,
        customers.recency_days as silent_days,
        customers.frequency as orders,
        customers.tenure_days as known_days
    from customers
    cross join scaling

),

distances as (

    select
        scaled.customer_id,
        segments.segment_number,
        case
            when {{ segmentation.is_true_of_member('scaled', 'segments') }} then 0
            else 1
        end as untrue,
        {%- for feature in features %}
        {%- set column = attributes.get(feature, feature) %}
        {{ '+ ' if not loop.first }}power(scaled.{{ column }} - segments.{{ column }}_scaled_centroid, 2)
        {%- endfor %} as squared_distance
    from scaled
    cross join segments

),

-- A segment whose name is true of the customer, if there is one; of equally near ones the lower number.
nearest as (

    select
        customer_id,
        {{ segmentation.least_row(['untrue', 'squared_distance', 'segment_number']) }}.segment_number as segment_number
    from distances
    group by customer_id

),

final as (

    select
        nearest.customer_id,
        nearest.segment_number,
        segments.segment as centroid_segment
    from nearest
    inner join segments on nearest.segment_number = segments.segment_number

)

select * from final
