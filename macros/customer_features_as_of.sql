{#-
    A select of what is known of each customer on an as-of date, from a CTE of customers' days with the date that each is
    looked back at from. The same day may stand there for several dates.
-#}
{% macro customer_features_as_of(known_days) -%}

    -- A day on which lines of an order of the day before stand is a day of purchase all the same.
    with totals as (

        select
            customer_id,
            as_of_date,
            cast(sum(orders) as bigint) as orders,
            count(case when sale_lines > 0 then activity_date end) as purchase_days,
            count(case when return_lines > cancelled_lines then activity_date end) as return_days,
            {{ segmentation.customer_money('sum(purchased)', 'customer_id') }} as purchased_value,
            {{ segmentation.customer_money('sum(returned)', 'customer_id') }} as returned_value,
            {{ segmentation.customer_money('sum(cancelled)', 'customer_id') }} as cancelled_value,
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

        {{ segmentation.customer_feature_columns() }}

    from totals
    left join last_countries
        on
            totals.customer_id = last_countries.customer_id
            and totals.as_of_date = last_countries.as_of_date
{%- endmacro %}
