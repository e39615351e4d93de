{#-
    Where the medians of each group of customers stand among all customers, a row a group and measure: the share of
    the customers below the median and the share at or below it. The most recent stand highest. Groups of fewer than
    20 customers are left out, whose medians say little, and measures on which all customers are equal.
-#}
{% macro median_positions(customers, group_column) -%}
    {%- set measures = {'recency': '-recency_days', 'frequency': 'frequency', 'monetary': 'monetary', 'tenure': 'tenure_days'} -%}
    with measured as (

        select
            {{ group_column }} as group_name,
            {%- for measure, value in measures.items() %}
            {{ value }} as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ customers }}

    ),

    medians as (

        select
            group_name,
            {%- for measure in measures %}
            {{ segmentation.median_value(measure) }} as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from measured
        group by group_name
        having count(*) >= 20

    ),

    counted as (

        select
            medians.group_name,
            count(*) as customers,
            {%- for measure in measures %}
            sum(case when measured.{{ measure }} < medians.{{ measure }} then 1 else 0 end) as {{ measure }}_below,
            sum(case when measured.{{ measure }} <= medians.{{ measure }} then 1 else 0 end) as {{ measure }}_at_most,
            min(measured.{{ measure }}) < max(measured.{{ measure }}) as {{ measure }}_differs{{ ',' if not loop.last }}
            {%- endfor %}
        from medians
        cross join measured
        group by medians.group_name

    )
    {%- for measure in measures %}
    {{ 'union all' if not loop.first }}
    select
        group_name,
        '{{ measure }}' as measure,
        {{ segmentation.share_of(measure ~ '_below', 'customers') }} as share_below,
        {{ segmentation.share_of(measure ~ '_at_most', 'customers') }} as share_at_most
    from counted
    where {{ measure }}_differs
    {%- endfor %}
{%- endmacro %}
