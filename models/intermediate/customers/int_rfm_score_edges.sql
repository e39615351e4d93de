with customers as (

    select * from {{ ref('int_customer_features') }}
    where frequency > 0

),

-- Five is best on all three: days since the last purchase count backwards.
measures as (

    select
        'recency' as measure,
        cast(-recency_days as {{ segmentation.type_money() }}) as measured
    from customers

    union all

    select
        'frequency' as measure,
        cast(frequency as {{ segmentation.type_money() }}) as measured
    from customers

    union all

    select
        'monetary' as measure,
        monetary as measured
    from customers

),

final as (

    select
        measure,
        {{ segmentation.quantile_value('measured', 0.2) }} as edge_1,
        {{ segmentation.quantile_value('measured', 0.4) }} as edge_2,
        {{ segmentation.quantile_value('measured', 0.6) }} as edge_3,
        {{ segmentation.quantile_value('measured', 0.8) }} as edge_4
    from measures
    group by measure

)

select * from final
