{%- set columns = [
    'line_id', 'typed_key', 'load_key', 'invoice_id', 'product_code', 'customer_id', 'description', 'country', 'source_file',
    'shape', 'source_row', 'quantity', 'unit_price', 'amount', 'has_invoice_id', 'has_order_fields', 'invoiced_at',
    'unread_hash'
] -%}

-- The lines are read twice, each time for few of them: one import for both would be kept in memory.
with marked_sales as (

    select * from {{ ref('int_delivered_lines') }}
    where
        returned_at is not null
        and problem is null
        and quantity > 0
        and amount > 0

),

unmarked_sales as (

    select * from {{ ref('int_delivered_lines') }}
    where
        returned_at is null
        and invoiced_at is not null
        and problem is null
        and quantity > 0
        and amount > 0

),

returned_orders as (

    select * from {{ ref('stg_returned_orders') }}

),

-- Marked in the file of the sale, or in a list of returned orders, which does not say when.
marked as (

    select
        {{ columns | join(',\n        ') }},
        returned_at
    from marked_sales

    union all

    select
        {%- for column in columns %}
        unmarked_sales.{{ column }},
        {%- endfor %}
        unmarked_sales.invoiced_at as returned_at
    from unmarked_sales
    inner join returned_orders on unmarked_sales.invoice_id = returned_orders.invoice_id

),

returns as (

    select * from {{ ref('int_delivered_lines') }}
    where
        problem is null
        and quantity < 0
        and amount < 0

),

numbered_sales as (

    select
        *,
        coalesce(product_code, description) as item,
        row_number() over (
            partition by customer_id, coalesce(product_code, description), quantity
            order by returned_at, source_file, source_row
        ) as item_number
    from marked

),

numbered_returns as (

    select
        *,
        coalesce(product_code, description) as item,
        row_number() over (
            partition by customer_id, coalesce(product_code, description), quantity
            order by invoiced_at, source_file, source_row
        ) as item_number
    from returns

),

-- What came back may have a line of its own besides, as of a refund: that one counts.
final as (

    select
        {%- for column in columns %}
        numbered_sales.{{ column }},
        {%- endfor %}
        numbered_sales.returned_at,
        numbered_returns.line_id is not null as has_line_of_return
    from numbered_sales
    left join numbered_returns
        on
            numbered_sales.customer_id = numbered_returns.customer_id
            and numbered_sales.item = numbered_returns.item
            and numbered_sales.quantity = -numbered_returns.quantity
            and numbered_sales.item_number = numbered_returns.item_number
            and numbered_sales.invoiced_at <= numbered_returns.invoiced_at

)

select * from final
