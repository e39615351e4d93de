{{ config(materialized='view') }}

with customer_totals as (

    select * from {{ ref('int_customer_totals') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

totals as (

    select
        customer_totals.*,
        as_of.as_of_date
    from customer_totals
    cross join as_of

),

final as (

    select
        -- ids
        totals.customer_id,

        -- text
        totals.country,

        {{ segmentation.customer_feature_columns() }}

    from totals

)

select * from final
