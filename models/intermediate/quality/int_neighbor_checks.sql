with held_out as (

    select
        *,
        case when segment_number = voted_segment_number then 1e0 else 0e0 end as is_right
    from {{ ref('int_held_out_customers') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

fitted as (

    select * from {{ ref('int_segmentation_model') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

segments as (

    select distinct
        segment_number,
        segment
    from fitted

),

neighbor_accuracies as (

    select
        neighbors,
        is_chosen,
        avg(is_right) as accuracy,
        count(*) as customers
    from held_out
    group by neighbors, is_chosen

),

segment_accuracies as (

    select
        segments.segment,
        avg(held_out.is_right) as accuracy,
        count(*) as customers
    from held_out
    inner join segments on held_out.segment_number = segments.segment_number
    where held_out.is_chosen
    group by segments.segment

),

tenths as (

    select
        -- Exact sums: those of floats depend on the order of the rows in the last digit.
        cast(confidence as decimal(18, 12)) as confidence,
        is_right,
        cast(floor(least(confidence, 0.999999) * 10) as {{ dbt.type_int() }}) as tenth
    from held_out
    where is_chosen

),

reliability as (

    select
        tenth,
        count(*) as customers,
        avg(confidence) as confidence,
        avg(is_right) as accuracy
    from tenths
    group by tenth

),

calibration as (

    select
        round(sum(customers * abs(confidence - accuracy)) / sum(customers), 12) as calibration_error,
        sum(customers) as customers
    from reliability

),

shares as (

    select avg(case when segment = centroid_segment then 0e0 else 1e0 end) as disagreeing
    from assignments

),

final as (

    select
        {{ segmentation.quality_check(
            'neighbor_accuracy', 'accuracy', subject="neighbors || ' neighbors'",
            standard_error='sqrt(accuracy * (1 - accuracy) / customers)', bar='case when is_chosen then 0.9 end',
            verdict="case when not is_chosen then 'info' when accuracy >= 0.9 then 'pass' else 'warn' end",
            explanation="case when is_chosen then 'used: ' else 'not used: ' end "
            ~ "|| 'share of held-out customers whom the neighbors put into the segment that they were fitted into'"
        ) }}
    from neighbor_accuracies

    union all

    select
        {{ segmentation.quality_check(
            'neighbor_accuracy', 'accuracy', segment='segment', subject="'held-out customers of the segment'", at_least=0.8,
            standard_error='sqrt(accuracy * (1 - accuracy) / customers)',
            explanation="'share of the held-out customers of the segment whom the neighbors put into it'"
        ) }}
    from segment_accuracies

    union all

    select
        {{ segmentation.quality_check(
            'calibration_error', 'calibration_error', subject="'segment_confidence'", bar='0.02',
            verdict="case when calibration_error <= 0.02 then 'pass' when customers < 1000 then 'info' else 'warn' end",
            explanation="'expected calibration error over ten bins, on customers that the confidence was not calibrated on' "
            ~ "|| case when customers < 1000 then '; so few customers can not show whether it is met' else '' end"
        ) }}
    from calibration
    where calibration_error is not null

    union all

    select
        {{ segmentation.quality_check(
            'reliability', 'accuracy', bar='confidence', standard_error='sqrt(accuracy * (1 - accuracy) / customers)',
            subject="'confidence 0.' || tenth || ' to ' || case when tenth = 9 then '1' else '0.' || (tenth + 1) end",
            explanation="'share of ' || customers || ' held-out customers who were in the segment; the bar is their mean confidence'"
        ) }}
    from reliability

    union all

    select
        {{ segmentation.quality_check(
            'neighbors_disagree_with_centroid', 'disagreeing', subject="'share of customers'", at_most=0.1,
            explanation="'customers whose segment is not that of the nearest centroid (is_centroid_agreed is false)'"
        ) }}
    from shares

)

select * from final
