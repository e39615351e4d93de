with validation as (

    select * from {{ ref('int_validation') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

frequency_alone as (

    select
        cut_date,
        value as auc
    from validation
    where
        measure = 'auc'
        and predictor = 'frequency'

),

latest_cut as (

    select max(cut_date) as cut_date
    from validation

),

aucs as (

    select
        validation.cut_date,
        validation.predictor,
        validation.value,
        validation.standard_error,
        -- The segments have to reach it at the latest cut; earlier ones, of a shorter history, are for comparison.
        case
            when validation.predictor in ('segments', 'segments_blended') and validation.cut_date = latest_cut.cut_date
                then frequency_alone.auc
        end as bar
    from validation
    inner join frequency_alone on validation.cut_date = frequency_alone.cut_date
    cross join latest_cut
    where validation.measure = 'auc'

),

inversions as (

    select
        validation.cut_date,
        validation.value,
        -- As for the areas. The worst of up to 45 pairs of segments: 2 standard errors would be nothing.
        case when validation.cut_date = latest_cut.cut_date then 3 end as bar
    from validation
    cross join latest_cut
    where validation.measure = 'worst_inversion'

),

cuts as (

    select count(distinct cut_date) as cuts
    from validation

),

final as (

    select
        {{ segmentation.quality_check(
            'out_of_time_cuts', 'cuts', subject="'number of cuts'",
            explanation="case when cuts > 0 then 'days in the past on which segments were tested on what happened next' "
            ~ "else 'not tested: it takes " ~ 3 * var('validation_days') ~ " days of history and 200 customers at a cut and "
            ~ var('validation_days') ~ " days before it, of whom at least 20 bought afterwards and 20 did not' end"
        ) }}
    from cuts

    union all

    select
        {{ segmentation.quality_check(
            'out_of_time_auc', 'value', subject="predictor || ' at ' || cut_date", standard_error='standard_error', bar='bar',
            verdict="case when bar is null then 'info' when value >= bar - 2 * standard_error then 'pass' else 'warn' end",
            explanation="'probability that a customer who bought in the " ~ var('validation_days') ~ " days after the cut stood above one who "
            ~ "did not; the bar is frequency alone, less two standard errors'"
        ) }}
    from aucs

    union all

    select
        {{ segmentation.quality_check(
            'out_of_time_top_decile_revenue_share', 'value', subject="predictor || ' at ' || cut_date",
            explanation="'share of the later spend that the tenth of the customers with the highest score brought'"
        ) }}
    from validation
    where measure = 'top_decile_revenue_share'

    union all

    select
        {{ segmentation.quality_check(
            'out_of_time_buying_rate', 'value', segment='segment', subject="'cut at ' || cut_date", standard_error='standard_error',
            bar='expected',
            explanation="'share of ' || customers || ' customers of the segment who bought after the cut; the bar is the rate of the time "
            ~ "before it'"
        ) }}
    from validation
    where measure = 'buying_rate'

    union all

    select
        {{ segmentation.quality_check(
            'out_of_time_spend_per_customer', 'value', segment='segment', subject="'cut at ' || cut_date",
            explanation="'mean spend of ' || customers || ' customers of the segment after the cut, in the currency of the shop'"
        ) }}
    from validation
    where measure = 'spend_per_customer'

    union all

    select
        {{ segmentation.quality_check(
            'out_of_time_order', 'value', subject="'cut at ' || cut_date", bar='bar',
            verdict="case when bar is null then 'info' when value <= bar then 'pass' else 'warn' end",
            explanation="'by how many standard errors a segment that was expected to buy less bought more than another, the worst of all '"
            ~ " || 'pairs; 0 where the order held'"
        ) }}
    from inversions

)

select * from final
