with in_force as (

    select * from {{ ref('int_fit_in_force') }}

),

fits as (

    select * from {{ ref('int_fits') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

drift as (

    select * from {{ ref('int_model_drift') }}

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

share_changes as (

    select * from {{ ref('int_share_changes') }}

),

refit_changes as (

    select
        fit_number,
        previous_fit_number,
        compared_customers,
        changed_customers
    from fits
    where
        fit_number in (select in_force.fit_number from in_force)
        and compared_customers is not null

),

shares as (

    select
        avg(case when is_outside_trained_range then 1e0 else 0e0 end) as outside_range,
        avg(case when segment_confidence < 0.7 then 1e0 else 0e0 end) as unsure
    from assignments

),

refits as (

    select
        in_force.fit_number,
        in_force.fitted_as_of,
        in_force.reason,
        {{ segmentation.days_between('in_force.fitted_as_of', 'as_of.as_of_date') }} as age_days,
        refit_changes.previous_fit_number,
        in_force.settings <> previous_fits.settings as is_of_other_settings,
        {{ segmentation.share_of('refit_changes.changed_customers', 'refit_changes.compared_customers') }}
            as changed_share
    from in_force
    cross join as_of
    left join refit_changes on in_force.fit_number = refit_changes.fit_number
    left join fits as previous_fits on refit_changes.previous_fit_number = previous_fits.fit_number

),

final as (

    select
        {{ segmentation.quality_check(
            'refit', 'age_days', subject="'fit ' || fit_number || ' of ' || fitted_as_of",
            explanation="'days since the data that the model was fitted on; why it was fitted: ' || reason"
        ) }}
    from refits

    union all

    select
        {{ segmentation.quality_check(
            'changed_by_refit', 'changed_share', subject="'fit ' || fit_number || ' against ' || previous_fit_number", bar='0.1',
            verdict="case when is_of_other_settings then 'info' when changed_share <= 0.1 then 'pass' else 'warn' end",
            explanation="'share of customers with another segment by the new fit than by the one before, on the same features; '"
            ~ " || case when is_of_other_settings then 'the settings changed, so there is no bar' "
            ~ "else 'it is measured once, when the model is refitted' end"
        ) }}
    from refits
    where previous_fit_number is not null

    union all

    select
        {{ segmentation.quality_check(
            'feature_shift', 'value', subject='feature', bar=var('drift_psi_warn') ~ ' + by_chance',
            verdict=segmentation.drift_verdict('value', 'drift_psi', 'by_chance'),
            explanation="'population stability index since the fit; ' || case when value > by_chance then 'the customers differ in it' "
            ~ "else 'no more than chance brings' end || '. Above " ~ var('drift_psi_error') ~ " the model is refitted unless refit is never'"
        ) }}
    from drift
    where measure = 'feature_shift'

    union all

    select
        {{ segmentation.quality_check(
            'confidence_fall', 'value', subject="'segment_confidence'", bar=var('confidence_fall_warn'),
            verdict=segmentation.drift_verdict('value', 'confidence_fall'),
            explanation="'by how much the mean confidence is below that of the held-out customers of the fit. Above "
            ~ var('confidence_fall_error') ~ " the model is refitted unless refit is never'"
        ) }}
    from drift
    where measure = 'confidence_fall'

    union all

    select
        {{ segmentation.quality_check(
            'outside_trained_range', 'outside_range', subject="'share of customers'", bar=var('outside_range_warn'),
            verdict=segmentation.drift_verdict('outside_range', 'outside_range'),
            explanation="'customers with a value that the model has not seen (is_outside_trained_range). Above "
            ~ var('outside_range_error') ~ " the model is refitted unless refit is never'"
        ) }}
    from shares

    union all

    select
        {{ segmentation.quality_check(
            'low_confidence', 'unsure', subject="'share of customers'", bar=var('low_confidence_warn'),
            verdict=segmentation.drift_verdict('unsure', 'low_confidence'),
            explanation="'customers whose segment_confidence is below 0.7. Above " ~ var('low_confidence_error')
            ~ " (low_confidence_error) the build fails'"
        ) }}
    from shares

    union all

    select
        {{ segmentation.quality_check(
            'segment_share_change', 'share_change', segment='segment', subject="'since the build as of ' || as_of_date_before",
            standard_error='standard_error', bar=var('segment_share_change_warn'),
            verdict=segmentation.drift_verdict('abs(share_change)', 'segment_share_change', '2 * standard_error'),
            explanation="'change of the share of the customers that are in the segment, beyond two standard errors; the bar is for its size. "
            ~ "Above " ~ var('segment_share_change_error') ~ " the build fails: check the data, and raise segment_share_change_error for one "
            ~ "build where they are right'"
        ) }}
    from share_changes

)

select * from final
