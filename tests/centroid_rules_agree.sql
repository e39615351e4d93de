-- The nearest centroid is the same by the rule in SQL and by the Python model, for every customer; with K-Means it is
-- also the cluster that a fitted customer is in.
with in_sql as (

    select * from {{ ref('int_nearest_centroids') }}

),

in_python as (

    select * from {{ ref('int_segment_assignments') }}

),

fitted as (

    select * from {{ ref('int_fitted_customers') }}

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
    fitted.segment_number as fitted_segment_number
from in_sql
full outer join in_python on in_sql.customer_id = in_python.customer_id
left join fitted on in_sql.customer_id = fitted.customer_id
cross join chosen
where
    in_sql.customer_id is null
    or in_python.customer_id is null
    or in_sql.centroid_segment <> in_python.centroid_segment
    or (chosen.algorithm = 'kmeans' and in_sql.segment_number <> fitted.segment_number)
