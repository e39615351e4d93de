{{ config(materialized='view') }}

{%- set attributes = segmentation.attribute_features() %}

with validation_dates as (

    select * from {{ ref('int_validation_dates') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

customers as (

    select * from {{ ref('int_clustering_features') }}

),

-- Whoever bought before a cut is among the customers of today: the sample does not favour those who came back.
sampled_days as (

    select customer_days.*
    from customer_days
    inner join customers on customer_days.customer_id = customers.customer_id
    where customers.sample_rank <= {{ var('validation_sample') }}

),

known_days as (

    select
        sampled_days.*,
        validation_dates.cut_date as as_of_date
    from sampled_days
    inner join validation_dates on sampled_days.activity_date < validation_dates.cut_date

),

totals as (

    select
        customer_id,
        as_of_date,
        {{ segmentation.customer_totals() }}
    from known_days
    group by customer_id, as_of_date

),

features as (

    select
        totals.customer_id,
        {{ segmentation.customer_feature_columns() }}
    from totals

),

outcomes as (

    select
        sampled_days.customer_id,
        validation_dates.cut_date,
        sum(sampled_days.orders) as later_orders,
        count(case when sampled_days.sale_lines > 0 then sampled_days.activity_date end) as later_purchase_days,
        sum(sampled_days.purchased) as later_spend,
        sum(
            {{ segmentation.kept_value('sampled_days.purchased', 'sampled_days.returned', 'sampled_days.cancelled') }}
        ) as later_value
    from sampled_days
    inner join validation_dates
        on
            sampled_days.activity_date >= validation_dates.cut_date
            and sampled_days.activity_date < validation_dates.outcome_until
    group by sampled_days.customer_id, validation_dates.cut_date

),

-- As long a time before the cut as is foretold after it.
just_before as (

    select
        customer_id,
        as_of_date as cut_date,
        sum(orders) as orders_before,
        sum({{ segmentation.kept_value('purchased', 'returned', 'cancelled') }}) as value_before
    from known_days
    where activity_date >= {{ segmentation.dateadd('day', -(var('validation_days') | int), 'as_of_date') }}
    group by customer_id, as_of_date

),
{%- if attributes %}

-- What is known of who they are: of the past no more than of today.
attributes as (

    select
        {%- for column in attributes.values() %}
        {{ column }},
        {%- endfor %}
        customer_id
    from customers

),
{%- endif %}

final as (

    select
        -- ids
        features.customer_id,

        -- numerics
        {%- for feature in segmentation.clustering_features() %}
        cast({{ segmentation.clustering_value(feature) }} as double) as {{ feature }},
        {%- endfor %}
        {%- for column in attributes.values() %}
        attributes.{{ column }},
        {%- endfor %}
        features.orders,
        cast(features.kept_value as double) as kept_value,
        cast(coalesce(just_before.orders_before, 0) as bigint) as orders_before,
        cast(coalesce(just_before.value_before, 0) as {{ segmentation.type_money() }}) as value_before,
        cast(coalesce(outcomes.later_orders, 0) as bigint) as later_orders,
        cast(coalesce(outcomes.later_purchase_days, 0) as bigint) as later_purchase_days,
        cast(coalesce(outcomes.later_spend, 0) as {{ segmentation.type_money() }}) as later_spend,
        cast(coalesce(outcomes.later_value, 0) as {{ segmentation.type_money() }}) as later_value,

        -- dates
        features.as_of_date as cut_date

    from features
    left join outcomes
        on
            features.customer_id = outcomes.customer_id
            and features.as_of_date = outcomes.cut_date
    left join just_before
        on
            features.customer_id = just_before.customer_id
            and features.as_of_date = just_before.cut_date
    {%- if attributes %}
    left join attributes on features.customer_id = attributes.customer_id
    {%- endif %}
    where features.frequency > 0

)

select * from final
