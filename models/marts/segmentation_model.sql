{%- set parts = ['centroid', 'scaled_centroid', 'center', 'scale', 'low', 'high', 'lowest', 'highest'] -%}

with fitted as (

    select * from {{ ref('int_segmentation_model') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

-- One row a segment; the columns of a feature that is not in the model are null.
segments as (

    select
        model_version,
        segment,
        segment_number,
        {%- for feature in segmentation.clustering_features() %}
        {%- for part in parts %}
        max(case when feature = '{{ feature }}' then {{ part }} end) as {{ feature }}_{{ part }},
        {%- endfor %}
        {%- endfor %}
        max(customers_fitted) as customers_fitted
    from fitted
    group by model_version, segment, segment_number

),

final as (

    select
        segments.model_version,
        segments.segment,
        segments.segment_number,
        segments.customers_fitted,
        {%- for feature in segmentation.clustering_features() %}
        {%- for part in parts %}
        segments.{{ feature }}_{{ part }},
        {%- endfor %}
        {%- endfor %}
        as_of.as_of_date as fitted_as_of
    from segments
    cross join as_of

)

select * from final
