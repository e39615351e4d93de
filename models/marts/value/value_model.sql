with fits as (

    select * from {{ ref('int_value_fits') }}

),

latest as (

    select max(fit_number) as fit_number
    from fits

),

in_force as (

    select fits.model_version
    from fits
    inner join latest on fits.fit_number = latest.fit_number

),

-- A fit that comes to the same model as one before it is the same version.
versions as (

    select
        fits.model_version,
        min(fits.fit_number) as fit_number,
        max(case when fits.model_version = in_force.model_version then 1 else 0 end) = 1 as is_in_force
    from fits
    cross join in_force
    group by fits.model_version

),

trials as (

    select
        fit_number,
        {{ segmentation.list_rows('tried') }}
    from fits

),

tried as (

    select
        fit_number,
        {{ segmentation.joined_text(
            "purchase_model || ': ' || reason || ', log-likelihood of what came ' || cast(cast(later_log_likelihood as decimal(18, 1)) as "
            ~ dbt.type_string() ~ ")", separator='; ', order='later_log_likelihood desc, purchase_model'
        ) }} as tried
    from trials
    group by fit_number

),

final as (

    select
        versions.model_version,
        versions.is_in_force,
        fits.fitted_as_of,
        cast({{ var('validation_days') | int }} as integer) as validation_days,
        cast({{ var('value_horizon_days') | int }} as integer) as value_horizon_days,
        fits.reason,
        fits.purchase_model,
        fits.r,
        fits.r_error,
        fits.alpha,
        fits.alpha_error,
        fits.a,
        fits.a_error,
        fits.b,
        fits.b_error,
        fits.s,
        fits.s_error,
        fits.beta,
        fits.beta_error,
        fits.log_likelihood,
        fits.customers,
        fits.returning_customers,
        fits.at_edge,
        fits.chosen_because,
        fits.chosen_in_words,
        fits.p,
        fits.p_error,
        fits.q,
        fits.q_error,
        fits.gamma,
        fits.gamma_error,
        fits.spend_log_likelihood,
        fits.spend_customers,
        fits.frequency_value_correlation,
        fits.orders_per_day,
        fits.is_season_known,
        fits.season_factors,
        fits.regular_share,
        fits.warnings,
        tried.tried
    from versions
    inner join fits on versions.fit_number = fits.fit_number
    left join tried on versions.fit_number = tried.fit_number

)

select * from final
