{{ config(materialized='view') }}

with as_of as (

    select * from {{ ref('int_as_of_date') }}

),

bounds as (

    select
        cast({{ dbt.date_trunc('month', 'first_invoice_date') }} as date) as first_day,
        as_of_date as last_day
    from as_of

),

days as (

    select {{ segmentation.each_day('first_day', 'last_day') }} as date_day
    from bounds

),

final as (

    select cast(date_day as date) as date_day
    from days

)

select * from final
