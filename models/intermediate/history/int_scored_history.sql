{{ config(materialized='view') }}

{%- set columns = [
    'history_key', 'fit_number', 'model_version', 'customer_id', 'recency_days', 'frequency', 'monetary', 'return_rate',
    'month_end'
] -%}

with customers as (

    select * from {{ ref('int_history_features') }}

),

edges as (

    select
        {{ segmentation.quintile_edges() }},
        history_key
    from customers
    group by history_key

),

final as (

    select
        {%- for column in columns %}
        customers.{{ column }},
        {%- endfor %}
        {%- for feature in segmentation.clustering_features() %}
        customers.{{ feature }}_feature,
        {%- endfor %}
        {%- for column in segmentation.attribute_features().values() %}
        customers.{{ column }},
        {%- endfor %}
        {{ segmentation.quintile_score('-customers.recency_days', 'edges', 'recency_') }} as r_score,
        {{ segmentation.quintile_score('customers.frequency', 'edges', 'frequency_') }} as f_score,
        {{ segmentation.quintile_score('customers.monetary', 'edges', 'monetary_') }} as m_score
    from customers
    inner join edges on customers.history_key = edges.history_key

)

select * from final
