{%- set stored = segmentation.of_last_build('int_segment_history') -%}

with history_months as (

    select * from {{ ref('int_history_months') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

pending_months as (

    select * from history_months
    {%- if stored %}
    where history_key not in (select distinct stored.history_key from {{ stored }} as stored)
    {%- endif %}

),

known_days as (

    select
        customer_days.*,
        pending_months.as_of_date
    from customer_days
    inner join pending_months on customer_days.activity_date < pending_months.as_of_date

),

{{ segmentation.history_features() }},

final as (

    select
        -- ids
        pending_months.history_key,
        pending_months.fit_number,
        pending_months.model_version,
        scored.customer_id,

        -- measures
        cast(scored.recency_days as bigint) as recency_days,
        scored.frequency,
        scored.monetary,
        scored.return_rate,

        -- scores
        scored.r_score,
        scored.f_score,
        scored.m_score,

        -- features of the model
        {%- for feature in segmentation.clustering_features() %}
        cast({{ segmentation.clustering_value(feature) }} as double) as {{ feature }}_feature,
        {%- endfor %}

        -- dates
        pending_months.month_end

    from scored
    inner join pending_months on scored.as_of_date = pending_months.as_of_date

)

select * from final
