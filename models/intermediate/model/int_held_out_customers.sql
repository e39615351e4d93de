with fits as (

    select * from {{ ref('int_fits') }}

),

held_out as (

    select
        fit_number,
        {{ segmentation.list_rows('held_out_customers') }}
    from fits

),

final as (

    select
        fit_number,
        customer_number,
        neighbors,
        segment_number,
        voted_segment_number,
        votes,
        confidence,
        is_chosen
    from held_out

)

select * from final
