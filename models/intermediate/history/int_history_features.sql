{%- set attributes = segmentation.attribute_features() -%}
{%- set stored = segmentation.stored_relation('int_segment_history') -%}

with history_months as (

    select * from {{ ref('int_history_months') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

{%- if attributes %}

-- What is known of who they are: of the past no more than of today.
attributes as (

    select
        {%- for column in attributes.values() %}
        {{ column }},
        {%- endfor %}
        customer_id
    from {{ ref('int_clustering_features') }}

),
{%- endif %}

months as (

    select * from history_months
    {%- if stored %}
    where history_key not in (select distinct stored.history_key from {{ stored }} as stored)
    {%- endif %}

),

{{ segmentation.history_features() }},

final as (

    select
        -- ids
        months.history_key,
        months.fit_number,
        months.model_version,
        features.customer_id,

        -- measures
        cast(features.recency_days as bigint) as recency_days,
        features.frequency,
        features.monetary,
        features.return_rate,

        -- features of the model
        {%- for feature in segmentation.clustering_features() %}
        cast({{ segmentation.clustering_value(feature) }} as double) as {{ feature }}_feature,
        {%- endfor %}
        {%- for column in attributes.values() %}
        attributes.{{ column }},
        {%- endfor %}

        -- dates
        months.month_end

    from features
    inner join months on features.as_of_date = months.as_of_date
    {%- if attributes %}
    left join attributes on features.customer_id = attributes.customer_id
    {%- endif %}
    where features.frequency > 0

)

select * from final
