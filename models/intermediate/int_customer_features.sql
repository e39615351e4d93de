{%- set unit = var('frequency_unit') -%}
{%- set basis = var('monetary_basis') -%}
{%- if unit not in ['invoices', 'days'] -%}
    {{ segmentation.stop_build(["frequency_unit is '" ~ unit ~ "'; it must be invoices or days."]) }}
{%- endif -%}
{%- if basis not in ['gross', 'net'] -%}
    {{ segmentation.stop_build(["monetary_basis is '" ~ basis ~ "'; it must be gross or net."]) }}
{%- endif -%}

{%- set high_return_rate = var('high_return_rate') | float(-1) -%}
{%- if not 0 <= high_return_rate <= 1 -%}
    {{ segmentation.stop_build(["high_return_rate is " ~ var('high_return_rate') ~ "; it must be a share from 0 to 1, such as 0.2."]) }}
{%- endif -%}

{%- set net = 'totals.purchased_value - totals.returned_value' -%}
{%- set frequency = 'totals.orders' if unit == 'invoices' else 'totals.purchase_days' -%}
{%- set monetary = 'totals.purchased_value' if basis == 'gross' else net -%}

with customer_days as (

    select * from {{ ref('int_customer_days') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

known_days as (

    select
        customer_days.*,
        as_of.as_of_date,
        -- A day on which lines of an order of the day before stand is a day of purchase all the same.
        customer_days.sale_lines > 0 as is_purchase_day
    from customer_days
    inner join as_of on customer_days.activity_date < as_of.as_of_date

),

totals as (

    select
        customer_id,
        as_of_date,
        cast(sum(orders) as bigint) as orders,
        count(case when is_purchase_day then activity_date end) as purchase_days,
        cast(sum(purchased) as {{ segmentation.type_money_total() }}) as purchased_value,
        cast(sum(returned) as {{ segmentation.type_money_total() }}) as returned_value,
        min(case when is_purchase_day then activity_date end) as first_purchase_date,
        max(case when is_purchase_day then activity_date end) as last_purchase_date,
        max(activity_date) as last_activity_date
    from known_days
    group by customer_id, as_of_date

),

last_countries as (

    select
        totals.customer_id,
        min(known_days.country) as country
    from totals
    inner join known_days
        on
            totals.customer_id = known_days.customer_id
            and coalesce(totals.last_purchase_date, totals.last_activity_date) = known_days.activity_date
    group by totals.customer_id

),

final as (

    select
        -- ids
        totals.customer_id,

        -- text
        last_countries.country,

        -- numerics
        {{ segmentation.days_between('totals.last_purchase_date', 'totals.as_of_date') }} as recency_days,
        {{ frequency }} as frequency,
        cast({{ monetary }} as {{ segmentation.type_money_total() }}) as monetary,
        totals.purchased_value,
        totals.returned_value,
        cast({{ net }} as {{ segmentation.type_money_total() }}) as net_monetary,
        -- Returns of what was bought before the data begin can exceed the purchases: everything came back, rate 1.
        case
            when totals.returned_value >= totals.purchased_value then cast(1 as decimal(9, 6))
            else {{ segmentation.share_of('totals.returned_value', 'totals.purchased_value') }}
        end as return_rate,
        -- Compared as exact products: no rounding decides who stands on the threshold.
        (
            totals.returned_value > 0
            and totals.returned_value >= cast({{ high_return_rate }} as decimal(9, 6)) * totals.purchased_value
        ) as is_high_return,
        cast(round(totals.purchased_value / nullif(totals.orders, 0), 4) as {{ segmentation.type_money_total() }})
            as avg_order_value,
        {{ segmentation.days_between('totals.first_purchase_date', 'totals.as_of_date') }} as tenure_days,

        -- dates
        totals.first_purchase_date,
        totals.last_purchase_date,
        totals.as_of_date

    from totals
    left join last_countries on totals.customer_id = last_countries.customer_id

)

select * from final
