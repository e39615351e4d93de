with customers as (

    select * from {{ ref('int_pending_history') }}

),

final as (

    select
        history_key,
        {%- for measure, measured in [('recency', '-recency_days'), ('frequency', 'frequency'), ('monetary', 'monetary')] %}
        {%- for n in range(1, 5) %}
        {{ segmentation.quantile_value(measured, '0.%d' | format(2 * n)) }} as {{ measure }}_edge_{{ n }}
        {{- '' if loop.last and measure == 'monetary' else ',' }}
        {%- endfor %}
        {%- endfor %}
    from customers
    group by history_key

)

select * from final
