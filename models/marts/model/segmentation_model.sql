{%- set parts = ['centroid', 'scaled_centroid', 'center', 'scale', 'low', 'high', 'lowest', 'highest'] -%}
{%- set of_attribute = [
    "'feature'", 'feature', "'centroid'", 'centroid', "'scaled_centroid'", 'scaled_centroid', "'center'", 'center', "'scale'", 'scale',
    "'low'", 'low', "'high'", 'high', "'lowest'", 'lowest', "'highest'", 'highest', "'value_if_unknown'", 'value_if_unknown'
] -%}

with fitted as (

    select * from {{ ref('int_segmentation_model') }}

),

fits as (

    select * from {{ ref('int_fits') }}

),

in_force as (

    select * from {{ ref('int_fit_in_force') }}

),

-- A fit that comes to the same model as one before it is the same version.
versions as (

    select
        fits.model_version,
        min(fits.fit_number) as fit_number,
        min(fits.fitted_as_of) as fitted_as_of,
        max(case when fits.model_version = in_force.model_version then 1 else 0 end) = 1 as is_in_force
    from fits
    cross join in_force
    group by fits.model_version

),

-- One row a segment; the columns of a feature that is not in the model are null.
segments as (

    select
        fit_number,
        segment,
        segment_number,
        {%- for feature in segmentation.clustering_features() %}
        {%- for part in parts %}
        max(case when feature = '{{ feature }}' then {{ part }} end) as {{ feature }}_{{ part }},
        {%- endfor %}
        {%- endfor %}
        case
            when max(value_if_unknown) is not null
                then '[' || {{ segmentation.joined_text(
                    'case when value_if_unknown is not null then ' ~ segmentation.json_object(of_attribute) ~ ' end', ', ', 'feature_number'
                ) }} || ']'
        end as attribute_features,
        {%- for bound in segmentation.member_bounds() %}
        max({{ bound }}) as {{ bound }},
        {%- endfor %}
        max(gap_days) as gap_days,
        max(new_days) as new_days,
        max(customers_fitted) as customers_fitted
    from fitted
    group by fit_number, segment, segment_number

),

final as (

    select
        versions.model_version,
        versions.is_in_force,
        segments.segment,
        segments.segment_number,
        segments.customers_fitted,
        {%- for feature in segmentation.clustering_features() %}
        {%- for part in parts %}
        segments.{{ feature }}_{{ part }},
        {%- endfor %}
        {%- endfor %}
        segments.attribute_features,
        segments.gap_days,
        segments.new_days,
        {%- for bound in segmentation.member_bounds() %}
        segments.{{ bound }},
        {%- endfor %}
        versions.fitted_as_of
    from segments
    inner join versions on segments.fit_number = versions.fit_number

)

select * from final
