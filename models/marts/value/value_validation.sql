with outcomes as (

    select * from {{ ref('int_value_outcomes') }}

),

final as (

    select
        cut_date,
        measure,
        kind,
        name,
        customers,
        expected,
        came,
        as_before,
        standard_error,
        verdict
    from outcomes

)

select * from final
