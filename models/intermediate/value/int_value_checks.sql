{%- set days = var('validation_days') | int -%}

with fits as (

    select * from {{ ref('int_value_fits') }}

),

latest as (

    select max(fit_number) as fit_number
    from fits

),

in_force as (

    select fits.*
    from fits
    inner join latest on fits.fit_number = latest.fit_number

),

outcomes as (

    select * from {{ ref('int_value_outcomes') }}

),

-- What was foretold in sum, beside "as much as last time".
sums as (

    select
        measure,
        cut_date,
        verdict,
        expected / came as ratio,
        'Of the ' || measure || ' of {{ days }} days '
        || {{ segmentation.number_as_text('cast(expected as decimal(18, 1))') }} || ' were foretold, '
        || {{ segmentation.number_as_text('cast(came as decimal(18, 1))') }} || ' came, '
        || {{ segmentation.number_as_text('cast(as_before as decimal(18, 1))') }}
        || ' had come in as long a time before' as foretold_in_words
    from outcomes
    where verdict is not null

),

ratios as (

    select
        measure,
        kind || ' ' || name as subject,
        expected / came as ratio
    from outcomes
    where
        measure in ('orders', 'revenue')
        and kind <> 'all'
        and came > 0

),

top_shares as (

    select
        of_scores.name as subject,
        of_scores.came,
        of_scores.standard_error,
        -- The best tenth by expected revenue brings what that by past spending does, but for the sampling error.
        case when of_scores.name = 'expected_revenue' then by_spending.came - of_scores.standard_error end as bar
    from outcomes as of_scores
    inner join outcomes as by_spending
        on
            by_spending.measure = 'top_tenth_share'
            and by_spending.name = 'monetary'
    where of_scores.measure = 'top_tenth_share'

),

final as (

    select
        {{ segmentation.quality_check(
            'value_model', 'customers', subject='purchase_model',
            verdict="case when " ~ segmentation.matches_pattern('at_edge', 'at_limit') ~ " then 'warn' else 'info' end",
            explanation="'customers that the model of purchases was fitted on. ' || chosen_in_words || case when warnings = '' then '' else ' ' || warnings end"
        ) }}
    from in_force

    union all

    select
        {{ segmentation.quality_check(
            'value_regularity', 'regular_share', subject="'share of returning customers'", at_most=0.3,
            explanation="'customers whose purchases come like clockwork. '
            || case when regular_share <= 0.3 then 'Purchases come by chance, as the model takes them to'
            else 'They look like a subscription or a contract: who is late is gone, which the model does not see' end"
        ) }}
    from in_force
    where regular_share is not null

    union all

    select
        {{ segmentation.quality_check(
            "value_forecast", 'ratio', subject="measure || ' from ' || cut_date", bar='1',
            verdict="case verdict when 'farther' then 'warn' when 'season_not_known_then' then 'info' else 'pass' end",
            explanation="'what was foretold, divided by what came. ' || foretold_in_words || case verdict when 'closer' then ': closer than as much as last time' "
            ~ "when 'within_a_tenth' then ': within a tenth' else ': as much as last time would have been closer' end "
            ~ "|| case when verdict = 'season_not_known_then' then '. The season was not known then; it is today' else '' end"
        ) }}
    from sums

    union all

    select
        {{ segmentation.quality_check(
            'value_forecast_of_groups', 'ratio', subject="measure || ' of ' || subject",
            explanation="'what was foretold for " ~ days ~ " days by what came; 1 is right'"
        ) }}
    from ratios

    union all

    select
        {{ segmentation.quality_check(
            'value_top_tenth_share', 'came', subject='subject', standard_error='standard_error', bar='bar',
            verdict="case when bar is null then 'info' when came >= bar then 'pass' else 'warn' end",
            explanation="'share of the later revenue that the tenth of the customers with the highest ' || subject || ' brought'"
        ) }}
    from top_shares

    union all

    select
        {{ segmentation.quality_check(
            'value_auc', 'came', subject='name', standard_error='standard_error',
            explanation="'probability that a buyer was given a higher probability to buy than a customer who did not buy'"
        ) }}
    from outcomes
    where measure = 'auc'

    union all

    select
        {{ segmentation.quality_check(
            'value_calibration', 'came / customers', subject="'probability tenth ' || name", bar='expected / customers', verdict="'info'",
            standard_error='sqrt(came * (customers - came) / customers) / customers',
            explanation="'share of ' || customers || ' customers who bought; the bar is their mean probability to buy'"
        ) }}
    from outcomes
    where
        measure = 'buyers'
        and kind = 'probability_tenth'

    union all

    select
        {{ segmentation.quality_check(
            'value_bounds', 'came', subject="'revenue of a customer'", at_least=0.9,
            explanation="'share of the customers whose revenue of " ~ days ~ " days lay within its bounds, which promise nine of ten'"
        ) }}
    from outcomes
    where measure = 'within_bounds'

)

select * from final
