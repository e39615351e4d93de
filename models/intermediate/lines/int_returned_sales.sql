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
final as (

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

)

select * from final
