{%- set money = segmentation.type_money() -%}

-- Lines that are in no file by themselves, because the file says of a sale only that it was returned or refunded.
with orders as (

    select * from {{ ref('stg_invoice_orders') }}
    where refunded_amount > 0

),

lines as (

    select * from {{ ref('int_delivered_lines') }}
    where
        has_order_fields
        and problem is null
        and quantity > 0
        and amount > 0
        and {{ segmentation.is_plausible_time('invoiced_at') }}

),

returned_sales as (

    select * from {{ ref('int_returned_sales') }}

),

refunds as (

    select
        orders.shape,
        orders.invoice_id,
        {%- if var('exchange_rates') %}
        orders.refunded_amount * {{ segmentation.exchange_rate(segmentation.line_currency('orders.currency', 'null', "''")) }}
            as refunded_amount
        {%- else %}
        orders.refunded_amount
        {%- endif %}
    from orders

),

-- An order may be cut between two files, and it may be in both: then each of its items counts once.
items as (

    select
        *,
        {{ segmentation.item_number() }} as item_number
    from lines
    where invoice_id in (select refunds.invoice_id from refunds)

),

numbered as (

    select
        *,
        row_number() over (
            partition by shape, {{ segmentation.line_content() | join(', ') }}, item_number
            order by source_file, source_row
        ) as copy_number,
        row_number() over (partition by shape, invoice_id order by source_file, source_row) as place
    from items

),

-- What the order was worth, and how much of that is marked as returned line by line.
goods as (

    select
        numbered.shape,
        numbered.invoice_id,
        min(case when numbered.place = 1 then numbered.source_file end) as source_file,
        min(case when numbered.place = 1 then numbered.line_id end) as line_id,
        min(case when numbered.place = 1 then numbered.source_row end) as source_row,
        min(case when numbered.place = 1 then numbered.typed_key end) as typed_key,
        min(case when numbered.place = 1 then numbered.load_key end) as load_key,
        min(numbered.customer_id) as customer_id,
        min(numbered.country) as country,
        min(numbered.invoiced_at) as invoiced_at,
        sum(numbered.amount) as sold,
        sum(coalesce(returned_sales.amount, 0)) as returned
    from numbered
    left join returned_sales on numbered.line_id = returned_sales.line_id
    where numbered.copy_number = 1
    group by
        numbered.shape,
        numbered.invoice_id

),

-- Of an order that several deliveries hold, the largest refund is the last.
ranked as (

    select
        goods.*,
        refunds.refunded_amount,
        row_number() over (
            partition by goods.shape, goods.invoice_id order by refunds.refunded_amount desc
        ) as preference
    from goods
    inner join refunds
        on
            goods.shape = refunds.shape
            and goods.invoice_id = refunds.invoice_id

),

-- How much of a refund is of goods, and how much of charges such as postage.
refunded_orders as (

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

),

final as (

    select
        line_id + 1 as line_id,
        typed_key,
        load_key,
        invoice_id,
        product_code,
        customer_id,
        description,
        country,
        source_file,
        shape,
        cast(null as {{ dbt.type_string() }}) as problem,
        cast(null as {{ dbt.type_string() }}) as given_line_type,
        source_row,
        -quantity as quantity,
        unit_price,
        -amount as amount,
        has_invoice_id,
        returned_at as invoiced_at,
        unread_hash
    from returned_sales
    where
        copy_number = 1
        and not has_line_of_return

    {%- for amount, line_type, description, part in [
        ('refunded_goods', 'return', 'refund', 2), ('refunded_charges', 'charge', 'refund of charges', 3)
    ] %}

    union all

    select
        line_id + {{ part }} as line_id,
        typed_key,
        load_key,
        invoice_id,
        cast(null as {{ dbt.type_string() }}) as product_code,
        customer_id,
        '{{ description }}' as description,
        country,
        source_file,
        cast(null as {{ dbt.type_string() }}) as shape,
        cast(null as {{ dbt.type_string() }}) as problem,
        '{{ line_type }}' as given_line_type,
        source_row,
        -1 as quantity,
        {{ amount }} as unit_price,
        -{{ amount }} as amount,
        true as has_invoice_id,
        invoiced_at,
        cast(null as {{ dbt.type_string() }}) as unread_hash
    from refunded_orders
    where {{ amount }} > 0
    {%- endfor %}

)

select * from final
