with segment_migrations as (

    select * from {{ ref('int_segment_migrations') }}

),

final as (

    select
        month_end,
        from_segment,
        to_segment,
        customers,
        customers_without_purchase,
        customers_moved_back,
        monetary_before,
        monetary
    from segment_migrations

)

select * from final
