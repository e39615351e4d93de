{%- set days = var('validation_days') | int -%}

with trial as (

    select * from {{ ref('int_recommendation_trial') }}

),

names as (

    select
        *,
        measure || ' at ' || list_length as measured
    from trial

),

ratios as (

    select
        *,
        bought_with / best_sellers as ratio,
        standard_error / best_sellers as ratio_error
    from names
    where
        segment is null
        and measure = 'hit_share'
        and best_sellers > 0

),

final as (

    select
        {{ segmentation.quality_check(
            'recommendations', 'bought_with', subject='measured', segment='segment', standard_error='standard_error', bar='best_sellers', verdict="'info'",
            explanation="'of ' || customers || ' customers who took to new products in the last " ~ days ~ " days: '"
            ~ " || case measure when 'hit_rate' then 'share with one of the recommended products among them'"
            ~ " when 'hit_share' then 'mean hits, over the lesser of the length of the list and the number of their new products'"
            ~ " else 'mean share of their new products that were recommended' end || '; the bar is what best sellers reach'"
        ) }}
    from names

    union all

    select
        {{ segmentation.quality_check(
            'recommendations_over_best_sellers', 'ratio', subject='measured', standard_error='ratio_error', bar='1',
            verdict="case when ratio >= 1 then 'pass' else 'info' end",
            explanation="'hits of products that go with what customers bought, as a multiple of those of best sellers. '"
            ~ " || case when list_length = 5 then 'The list of ten decides what is given' when ratio >= 1 then 'They are given'"
            ~ " else 'Nothing beats best sellers: those of the segment are given' end"
        ) }}
    from ratios

)

select * from final
