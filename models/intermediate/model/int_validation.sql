with fits as (

    select * from {{ ref('int_fits') }}

),

measures as (

    select
        fit_number,
        {{ segmentation.list_rows('validation') }}
    from fits

),

final as (

    select
        fit_number,
        cut_date,
        measure,
        predictor,
        segment,
        customers,
        value,
        standard_error,
        expected
    from measures

)

select * from final
