{{ config(materialized='view') }}

{%- set columns = [
    'history_key', 'fit_number', 'model_version', 'customer_id', 'recency_days', 'frequency', 'monetary', 'return_rate',
    'month_end'
] -%}
{#- Five is best on all three: days since the last purchase count backwards. -#}
{%- set measures = {'recency': '-recency_days', 'frequency': 'frequency', 'monetary': 'monetary'} -%}

with customers as (

    select * from {{ ref('int_history_features') }}

),

edges as (

    select
        {%- for measure, measured in measures.items() %}
        {%- for n in range(1, 5) %}
        {{ segmentation.quantile_value(measured, '0.%d' | format(2 * n)) }} as {{ measure }}_edge_{{ n }},
        {%- endfor %}
        {%- endfor %}
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
