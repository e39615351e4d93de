{#-
    CTEs up to `scored`: what was known of each customer on past dates, with scores among the customers of each date. From a CTE
    `known_days` of customers' days with the date (as_of_date) that each is looked back at from.
-#}
{% macro history_features() -%}
features as (

    {{ segmentation.customer_features_as_of('known_days') }}

),

customers as (

    select * from features
    where frequency > 0

),

-- Five is best on all three: days since the last purchase count backwards.
measures as (
    {%- for measure, measured in [('recency', '-recency_days'), ('frequency', 'frequency'), ('monetary', 'monetary')] %}

    select
        as_of_date,
        '{{ measure }}' as measure,
        cast({{ measured }} as {{ segmentation.type_money_total() }}) as measured
    from customers
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

edges as (

    select
        as_of_date,
        measure,
        {%- for n in range(1, 5) %}
        {{ segmentation.quantile_value('measured', '0.%d' | format(2 * n)) }} as edge_{{ n }}{{ ',' if not loop.last }}
        {%- endfor %}
    from measures
    group by as_of_date, measure

),

scored as (

    select
        customers.*,
        {{ segmentation.quintile_score('-customers.recency_days', 'recency_edges') }} as r_score,
        {{ segmentation.quintile_score('customers.frequency', 'frequency_edges') }} as f_score,
        {{ segmentation.quintile_score('customers.monetary', 'monetary_edges') }} as m_score
    from customers
    {%- for measure in ['recency', 'frequency', 'monetary'] %}
    inner join edges as {{ measure }}_edges
        on
            customers.as_of_date = {{ measure }}_edges.as_of_date
            and {{ measure }}_edges.measure = '{{ measure }}'
    {%- endfor %}

)
{%- endmacro %}
