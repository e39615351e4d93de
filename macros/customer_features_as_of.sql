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
            -- Where nothing was bought, of the day of the last return.
            case
                when sum(sale_lines) > 0
                    then {{ segmentation.latest_value('country', 'case when sale_lines > 0 then activity_date end') }}
                else {{ segmentation.latest_value('country', 'activity_date') }}
            end as country
        from {{ known_days }}
        group by customer_id, as_of_date

    )

    select
        -- ids
        totals.customer_id,

        -- text
        totals.country,

        {{ segmentation.customer_feature_columns() }}

    from totals
{%- endmacro %}
