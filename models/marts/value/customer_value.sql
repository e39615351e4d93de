{%- set columns = [
    'expected_orders', 'expected_revenue', 'horizon_orders', 'horizon_revenue', 'expected_order_value', 'lifetime_value',
    'lifetime_value_low', 'lifetime_value_high'
] -%}

with forecasts as (

    select * from {{ ref('int_customer_forecasts') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

rounded as (

    select
        customer_id,
        no_value_reason,
        model_version,
        {%- for column in columns %}
        cast({{ column }} as {{ segmentation.type_money() }}) as {{ column }},
        {%- endfor %}
        cast(probability_alive as decimal(9, 6)) as probability_alive,
        cast(probability_to_buy as decimal(9, 6)) as probability_to_buy
    from forecasts

),

valued as (

    select
        customer_id,
        rank() over (order by lifetime_value desc) as value_rank,
        count(*) over () as customers
    from rounded
    where lifetime_value is not null

),

final as (

    select
        -- ids
        rounded.customer_id,

        -- numerics
        rounded.probability_alive,
        rounded.probability_to_buy,
        rounded.expected_orders,
        rounded.expected_revenue,
        rounded.horizon_orders,
        rounded.horizon_revenue,
        rounded.expected_order_value,
        rounded.lifetime_value,
        rounded.lifetime_value_low,
        rounded.lifetime_value_high,
        cast(valued.value_rank as bigint) as value_rank,
        cast(floor((valued.value_rank - 1) * 10 / valued.customers) + 1 as integer) as value_decile,

        -- text
        rounded.no_value_reason,
        rounded.model_version,

        -- dates
        as_of.as_of_date

    from rounded
    cross join as_of
    left join valued on rounded.customer_id = valued.customer_id

)

select * from final
