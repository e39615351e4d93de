with customers as (

    select * from {{ ref('int_customer_features') }}
    where frequency > 0

),

edges as (

    select
        {{ segmentation.quintile_edges() }}
    from customers

),

rfm_segments as (

    select * from {{ ref('rfm_segments') }}

),

scores as (

    select
        customers.customer_id,
        {{ segmentation.quintile_score('-customers.recency_days', 'edges', 'recency_') }} as r_score,
        {{ segmentation.quintile_score('customers.frequency', 'edges', 'frequency_') }} as f_score,
        {{ segmentation.quintile_score('customers.monetary', 'edges', 'monetary_') }} as m_score
    from customers
    cross join edges

),

coded as (

    select
        *,
        cast(r_score as {{ dbt.type_string() }})
        || cast(f_score as {{ dbt.type_string() }})
        || cast(m_score as {{ dbt.type_string() }}) as rfm_score
    from scores

),

final as (

    select
        coded.customer_id,
        coded.r_score,
        coded.f_score,
        coded.m_score,
        coded.rfm_score,
        rfm_segments.rfm_segment
    from coded
    left join rfm_segments on coded.rfm_score = rfm_segments.rfm_score

)

select * from final
