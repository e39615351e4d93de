{{ config(materialized='view') }}

with fits as (

    select * from {{ ref('int_value_fits') }}

),

backtests as (

    select * from {{ ref('int_value_backtests') }}

),

latest as (

    select max(fit_number) as fit_number
    from fits

),

outcomes as (

    select
        fits.fit_number,
        backtests.cut_date,
        fits.is_season_known and not backtests.was_season_known as knows_more_today,
        {{ segmentation.list_rows('backtests.outcome') }}
    from fits
    inner join latest on fits.fit_number = latest.fit_number
    inner join backtests on fits.fit_number = backtests.fit_number

),

final as (

    select
        fit_number,
        cut_date,
        measure,
        kind,
        name,
        customers,
        expected,
        came,
        as_before,
        standard_error,
        -- Against "as much as last time", if there is one.
        case
            when as_before is null or came = 0 then null
            when abs(expected - came) <= abs(as_before - came) then 'closer'
            when abs(expected - came) <= 0.1 * came then 'within_a_tenth'
            when knows_more_today then 'season_not_known_then'
            else 'farther'
        end as verdict
    from outcomes

)

select * from final
