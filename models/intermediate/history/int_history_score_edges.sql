{%- set measures = {'recency': '-recency_days', 'frequency': 'frequency', 'monetary': 'monetary'} -%}

with customers as (

    select * from {{ ref('int_pending_history') }}

),

final as (

    select
        {%- for measure, measured in measures.items() %}
        {%- for n in range(1, 5) %}
        {{ segmentation.quantile_value(measured, '0.%d' | format(2 * n)) }} as {{ measure }}_edge_{{ n }},
        {%- endfor %}
        {%- endfor %}
        history_key
    from customers
    group by history_key

)

select * from final
