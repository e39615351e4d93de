-- The nearest centroid is the same by the rule in SQL and by the Python model, for every customer; with K-Means it is
-- also the cluster that a fitted customer is in, as long as its features are those of the fit and the name is true of
-- it.
{%- set attributes = segmentation.attribute_features() %}
with in_sql as (

    select * from {{ ref('int_nearest_centroids') }}

),

in_python as (

    select * from {{ ref('int_segment_assignments') }}

),

fitted as (

    select {{ segmentation.list_rows('reference_customers') }}
    from {{ ref('int_fits') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

customers as (

    select * from {{ ref('int_clustering_features') }}

),

unchanged as (

    select
        fitted.customer_id,
        fitted.segment_number,
        fitted.recency_days as silent_days,
        fitted.frequency as orders,
        fitted.tenure_days as known_days
    from fitted
    inner join customers
        on
            fitted.customer_id = customers.customer_id
            {%- for feature in segmentation.clustering_features() %}
            and fitted.{{ feature }} = customers.{{ feature }}
            {%- endfor %}
    {%- if attributes %}
    where fitted.attributes is not distinct from {{ dbt.array_construct(attributes.values() | list) }}
    {%- endif %}

),

segments as (

    select distinct
        segment_number,
        {{ segmentation.member_bounds() | join(',\n        ') }}
    from {{ ref('int_segmentation_model') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

admitted as (

    select unchanged.*
    from unchanged
    inner join segments on unchanged.segment_number = segments.segment_number
    where {{ segmentation.is_true_of_member('unchanged', 'segments') }}

),

chosen as (

    select algorithm
    from {{ ref('segmentation_candidates') }}
    where is_chosen

)

select
    in_sql.customer_id,
    in_sql.centroid_segment,
    in_python.centroid_segment as python_centroid_segment,
    in_sql.segment_number,
    admitted.segment_number as fitted_segment_number
from in_sql
full outer join in_python on in_sql.customer_id = in_python.customer_id
left join admitted on in_sql.customer_id = admitted.customer_id
cross join chosen
where
    in_sql.customer_id is null
    or in_python.customer_id is null
    or in_sql.centroid_segment <> in_python.centroid_segment
    or (chosen.algorithm = 'kmeans' and in_sql.segment_number <> admitted.segment_number)
