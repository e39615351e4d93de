{#-
    Where the medians of groups of customers rank among all customers, a row a group and measure: the share of the
    customers below the median, and the share at or below it. The most recent rank highest.
-#}
{% macro median_positions(customers, members, group_column, measures) -%}
    {%- set values = {
        'recency': '-recency_days', 'frequency': 'frequency', 'monetary': 'monetary', 'tenure': 'tenure_days',
        'return_rate': 'return_rate'
    } -%}
    with medians as (

        select
            {{ group_column }} as group_name,
            count(*) as members,
            {%- for measure in measures %}
            {{ segmentation.median_value(values[measure]) }} as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ members }}
        group by {{ group_column }}

    ),

    measured as (

        select
            {%- for measure in measures %}
            {{ values[measure] }} as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ customers }}

    ),

    counted as (

        select
            medians.group_name,
            medians.members,
            {%- for measure in measures %}
            sum(case when measured.{{ measure }} < medians.{{ measure }} then 1 else 0 end) as {{ measure }}_below,
            sum(case when measured.{{ measure }} <= medians.{{ measure }} then 1 else 0 end) as {{ measure }}_at_most,
            {%- endfor %}
            count(*) as customers
        from medians
        cross join measured
        group by medians.group_name, medians.members

    )
    {%- for measure in measures %}
    {{ 'union all' if not loop.first }}
    select
        group_name,
        members,
        '{{ measure }}' as measure,
        {{ segmentation.share_of(measure ~ '_below', 'customers') }} as share_below,
        {{ segmentation.share_of(measure ~ '_at_most', 'customers') }} as share_at_most
    from counted
    {%- endfor %}
{%- endmacro %}
