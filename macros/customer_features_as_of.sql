{#-
    A select of what is known of each customer on an as-of date, from a CTE of customers' days with the date that each is
    looked back at from. The same day may stand there for several dates.
-#}
{% macro customer_features_as_of(known_days) -%}
    {%- set unit = var('frequency_unit') -%}
    {%- set basis = var('monetary_basis') -%}
    {%- if unit not in ['invoices', 'days'] -%}
        {{ segmentation.stop_build(["frequency_unit is '" ~ unit ~ "'; it must be invoices or days."]) }}
    {%- endif -%}
    {%- if basis not in ['gross', 'net'] -%}
        {{ segmentation.stop_build(["monetary_basis is '" ~ basis ~ "'; it must be gross or net."]) }}
    {%- endif -%}
    {%- set net = 'totals.purchased_value - totals.returned_value' -%}
    {%- set kept_purchases = '(totals.purchased_value - totals.cancelled_value)' -%}
    {%- set kept_returns = '(totals.returned_value - totals.cancelled_value)' -%}

    -- A day on which lines of an order of the day before stand is a day of purchase all the same.
    with totals as (

        select
            customer_id,
            as_of_date,
            cast(sum(orders) as bigint) as orders,
            count(case when sale_lines > 0 then activity_date end) as purchase_days,
            count(case when return_lines > cancelled_lines then activity_date end) as return_days,
            cast(sum(purchased) as {{ segmentation.type_money_total() }}) as purchased_value,
            cast(sum(returned) as {{ segmentation.type_money_total() }}) as returned_value,
            cast(sum(cancelled) as {{ segmentation.type_money_total() }}) as cancelled_value,
            min(case when sale_lines > 0 then activity_date end) as first_purchase_date,
            max(case when sale_lines > 0 then activity_date end) as last_purchase_date,
            max(activity_date) as last_activity_date
        from {{ known_days }}
        group by customer_id, as_of_date

    ),

    last_countries as (

        select
            totals.customer_id,
            totals.as_of_date,
            min({{ known_days }}.country) as country
        from totals
        inner join {{ known_days }}
            on
                totals.customer_id = {{ known_days }}.customer_id
                and totals.as_of_date = {{ known_days }}.as_of_date
                and coalesce(totals.last_purchase_date, totals.last_activity_date) = {{ known_days }}.activity_date
        group by totals.customer_id, totals.as_of_date

    )

    select
        -- ids
        totals.customer_id,

        -- text
        last_countries.country,

        -- numerics
        {{ segmentation.days_between('totals.last_purchase_date', 'totals.as_of_date') }} as recency_days,
        {{ 'totals.orders' if unit == 'invoices' else 'totals.purchase_days' }} as frequency,
        cast({{ 'totals.purchased_value' if basis == 'gross' else net }} as {{ segmentation.type_money_total() }})
            as monetary,
        totals.orders,
        totals.purchase_days,
        totals.return_days,
        totals.purchased_value,
        totals.returned_value,
        totals.cancelled_value,
        cast({{ net }} as {{ segmentation.type_money_total() }}) as net_monetary,
        -- Returns of what was bought before the data begin can exceed the purchases: everything came back, rate 1.
        case
            when totals.returned_value >= totals.purchased_value then cast(1 as decimal(9, 6))
            else {{ segmentation.share_of('totals.returned_value', 'totals.purchased_value') }}
        end as return_rate,
        case
            when {{ kept_purchases }} <= 0 then cast(0 as decimal(9, 6))
            when {{ kept_returns }} >= {{ kept_purchases }} then cast(1 as decimal(9, 6))
            else {{ segmentation.share_of(kept_returns, kept_purchases) }}
        end as kept_return_rate,
        cast(round(totals.purchased_value / nullif(totals.orders, 0), 4) as {{ segmentation.type_money_total() }})
            as avg_order_value,
        {{ segmentation.days_between('totals.first_purchase_date', 'totals.as_of_date') }} as tenure_days,
        cast(
            round(
                {{ segmentation.days_between('totals.first_purchase_date', 'totals.last_purchase_date') }}
                / nullif(totals.purchase_days - 1, 0),
                2
            ) as decimal(10, 2)
        ) as interpurchase_days,

        -- dates
        totals.first_purchase_date,
        totals.last_purchase_date,
        totals.as_of_date

    from totals
    left join last_countries
        on
            totals.customer_id = last_countries.customer_id
            and totals.as_of_date = last_countries.as_of_date
{%- endmacro %}
