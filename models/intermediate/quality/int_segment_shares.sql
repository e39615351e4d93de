{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', full_refresh=false) }}

with assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

features as (

    select * from {{ ref('int_customer_features') }}

),

{% if is_incremental() -%}
builds as (

    select * from {{ this }}

),

last_number as (

    select coalesce(max(build_number), 0) as build_number
    from builds

),

last_build as (

    select builds.*
    from builds
    inner join last_number on builds.build_number = last_number.build_number

),

{% endif -%}
-- What tells one state of the data from another.
totals as (

    select
        features.as_of_date,
        assignments.model_version,
        count(*) as all_customers,
        cast(sum(features.orders) as bigint) as all_orders,
        cast(sum(features.purchased_value) as {{ segmentation.type_money_total() }}) as all_purchased_value
    from assignments
    inner join features on assignments.customer_id = features.customer_id
    group by features.as_of_date, assignments.model_version

),

segments as (

    select
        segment,
        count(*) as customers
    from assignments
    group by segment

),

final as (

    select
        {% if is_incremental() -%}
        cast(last_number.build_number + 1 as {{ dbt.type_int() }}) as build_number,
        {%- else -%}
        cast(1 as {{ dbt.type_int() }}) as build_number,
        {%- endif %}
        totals.as_of_date,
        totals.model_version,
        totals.all_customers,
        totals.all_orders,
        totals.all_purchased_value,
        segments.segment,
        segments.customers
    from totals
    cross join segments
    {%- if is_incremental() %}
    cross join last_number
    where
        not exists (
            select 1
            from last_build
            where
                last_build.as_of_date = totals.as_of_date
                and last_build.model_version = totals.model_version
                and last_build.all_customers = totals.all_customers
                and last_build.all_orders = totals.all_orders
                and last_build.all_purchased_value = totals.all_purchased_value
        )
    {%- endif %}

)

select * from final
