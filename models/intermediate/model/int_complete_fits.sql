{#- A fit is complete when all that it consists of is in its tables. -#}
-- depends_on: {{ ref('int_confidence_levels') }}
-- depends_on: {{ ref('int_segment_buying_rates') }}
-- depends_on: {{ ref('int_segment_stability') }}
-- depends_on: {{ ref('int_validation') }}
-- depends_on: {{ ref('int_refit_changes') }}
with fits as (

    select * from {{ ref('int_model_fits') }}

),

fitted as (

    select * from {{ ref('int_segmentation_model') }}

),

versions as (

    select
        fit_number,
        max(model_version) as model_version
    from fitted
    group by fit_number

),

final as (

    select
        fits.fit_number,
        fits.fitted_as_of,
        versions.model_version,
        fits.reason,
        fits.settings,
        fits.previous_fit_number
    from fits
    inner join versions on fits.fit_number = versions.fit_number

)

select * from final
