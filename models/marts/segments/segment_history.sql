{{ config(materialized='view') }}

with segment_history as (

    select * from {{ ref('int_segment_history') }}

),

final as (

    select
        month_end,
        customer_id,
        recency_days,
        frequency,
        monetary,
        return_rate,
        r_score,
        f_score,
        m_score,
        segment,
        model_version
    from segment_history

)

select * from final
