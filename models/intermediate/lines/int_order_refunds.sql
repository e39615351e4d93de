{%- set money = segmentation.type_money() -%}

with orders as (

    select * from {{ ref('stg_invoice_orders') }}
    where refunded_amount > 0

),

files as (

    select * from {{ ref('stg_files') }}

),

lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where
        problem is null
        and quantity > 0
        and amount > 0

),

returned_sales as (

    select * from {{ ref('int_returned_sales') }}

),

refunds as (

    select
        files.source_file,
        orders.invoice_id,
        {%- if var('exchange_rates') %}
        orders.refunded_amount * {{ segmentation.exchange_rate(segmentation.line_currency('orders.currency', 'null', "''")) }}
            as refunded_amount
        {%- else %}
        orders.refunded_amount
        {%- endif %}
    from orders
    inner join files on orders.load_key = files.load_key

),

-- What the order was worth, and how much of that is marked as returned line by line.
goods as (

    select
        lines.source_file,
        lines.invoice_id,
        min(lines.line_id) as line_id,
        min(lines.source_row) as source_row,
        min(lines.typed_key) as typed_key,
        min(lines.load_key) as load_key,
        min(lines.customer_id) as customer_id,
        min(lines.country) as country,
        min(lines.invoiced_at) as invoiced_at,
        sum(lines.amount) as sold,
        sum(coalesce(returned_sales.amount, 0)) as returned
    from lines
    inner join refunds
        on
            lines.source_file = refunds.source_file
            and lines.invoice_id = refunds.invoice_id
    left join returned_sales on lines.line_id = returned_sales.line_id
    group by
        lines.source_file,
        lines.invoice_id

),

-- Of an order that several deliveries hold, the largest refund is the last.
ranked as (

    select
        goods.*,
        refunds.refunded_amount,
        row_number() over (
            partition by goods.invoice_id order by refunds.refunded_amount desc, goods.source_file asc
        ) as preference
    from goods
    inner join refunds
        on
            goods.source_file = refunds.source_file
            and goods.invoice_id = refunds.invoice_id

),

final as (

    select
        -- ids
        line_id,
        typed_key,
        load_key,
        invoice_id,
        customer_id,

        -- text
        country,
        source_file,

        -- numerics
        source_row,
        {{ segmentation.safe_cast('greatest(least(refunded_amount, sold) - returned, 0)', money) }}
            as refunded_goods,
        {{ segmentation.safe_cast('greatest(refunded_amount - sold, 0)', money) }} as refunded_charges,

        -- timestamps
        invoiced_at

    from ranked
    where preference = 1

)

select * from final
