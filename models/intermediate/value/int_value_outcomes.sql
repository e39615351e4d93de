{{ config(materialized='view') }}

with fits as (

    select * from {{ ref('int_value_fits') }}

),

latest as (

    select max(fit_number) as fit_number
    from fits

),

outcomes as (

    select
        fits.fit_number,
        fits.cut_date,
        {{ segmentation.list_rows('outcome') }}
    from fits
    inner join latest on fits.fit_number = latest.fit_number

),

final as (

    select
        fit_number,
        cut_date,
        measure,
        subject,
        customers,
        expected,
        came,
        standard_error
    from outcomes

)

select * from final
