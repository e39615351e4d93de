with fits as (

    select * from {{ ref('int_fits') }}

),

latest as (

    select max(fit_number) as fit_number
    from fits

),

final as (

    select
        fits.fit_number,
        fits.fitted_as_of,
        fits.model_version,
        fits.reason,
        fits.settings
    from fits
    inner join latest on fits.fit_number = latest.fit_number

)

select * from final
