{%- set fields = [
    'customer_id', 'country', 'invoiced_at', 'currency', 'order_status', 'cancelled_at', 'order_refund'
] -%}

-- Only exports in which some fields are on one row of an order and hold for all of it.
with invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

files as (

    select * from {{ ref('stg_files') }}
    where has_order_fields

),

order_rows as (

    select
        invoice_rows.row_position,
        invoice_rows.load_key,
        files.date_order,
        files.decimal_mark,
        {{ segmentation.clean_id(segmentation.clean_text('invoice_rows.invoice_id')) }} as invoice_id,
        {{ segmentation.clean_customer_id(segmentation.clean_text('invoice_rows.customer_id')) }} as customer_id,
        {{ segmentation.clean_text('invoice_rows.country') }} as country,
        {%- for field in ['currency', 'order_status', 'cancelled_at', 'order_refund'] %}
        {{ segmentation.other_field(field, 'invoice_rows.other_fields') }} as {{ field }},
        {%- endfor %}
        {{ segmentation.clean_text('invoice_rows.invoiced_at') }} as invoiced_at
    from invoice_rows
    inner join files on invoice_rows.load_key = files.load_key

),

-- Of a field that is on several rows the first counts.
orders as (

    select
        load_key,
        invoice_id,
        {%- for field in fields %}
        min_by({{ field }}, row_position) filter (where {{ field }} is not null) as {{ field }},
        {%- endfor %}
        min(date_order) as date_order,
        min(decimal_mark) as decimal_mark
    from order_rows
    where invoice_id is not null
    group by
        load_key,
        invoice_id

),

order_statuses as (

    select * from {{ ref('order_statuses') }}

),

final as (

    select
        -- ids
        orders.load_key,
        orders.invoice_id,
        orders.customer_id,

        -- text
        orders.country,
        orders.currency,
        order_statuses.meaning as status_meaning,

        -- numerics
        {{ segmentation.parse_number('orders.order_refund', 'orders.decimal_mark', segmentation.type_money()) }}
            as refunded_amount,

        -- timestamps
        {{ segmentation.parse_timestamp('orders.invoiced_at', 'orders.date_order') }} as invoiced_at,
        {{ segmentation.parse_timestamp('orders.cancelled_at', 'orders.date_order') }} as cancelled_at

    from orders
    left join order_statuses on lower(orders.order_status) = order_statuses.order_status

)

select * from final
