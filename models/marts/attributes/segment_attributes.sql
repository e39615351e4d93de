with segment_attributes as (

    select * from {{ ref('int_segment_attributes') }}

),

final as (

    select
        -- text
        segment,
        attribute,
        kind,
        attribute_value,
        explanation,

        -- numerics
        customers,
        customers_known,
        cast(share_in_segment as decimal(9, 6)) as share_in_segment,
        all_customers,
        all_customers_known,
        cast(share_in_all as decimal(9, 6)) as share_in_all,
        cast(times_as_frequent as decimal(18, 6)) as times_as_frequent,
        cast(times_low as decimal(18, 6)) as times_low,
        cast(times_high as decimal(18, 6)) as times_high,
        lower_quartile,
        median_in_segment,
        upper_quartile,
        median_in_all,
        cast(standardised_difference as decimal(18, 6)) as standardised_difference,
        cast(effect_size as decimal(18, 6)) as effect_size,
        cast(p_value as decimal(18, 6)) as p_value,
        cast(adjusted_p_value as decimal(18, 6)) as adjusted_p_value,
        distinguishing_rank,

        -- booleans
        distinguishes

    from segment_attributes

)

select * from final
