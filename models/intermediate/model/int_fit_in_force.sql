with complete_fits as (

    select * from {{ ref('int_complete_fits') }}

),

latest as (

    select max(fit_number) as fit_number
    from complete_fits

),

final as (

    select
        complete_fits.fit_number,
        complete_fits.fitted_as_of,
        complete_fits.model_version,
        complete_fits.reason,
        complete_fits.settings
    from complete_fits
    inner join latest on complete_fits.fit_number = latest.fit_number

)

select * from final
