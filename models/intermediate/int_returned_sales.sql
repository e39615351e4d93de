{%- set columns = [
    'line_id', 'typed_key', 'load_key', 'invoice_id', 'product_code', 'customer_id', 'description', 'country', 'source_file',
    'shape', 'source_row', 'quantity', 'unit_price', 'amount', 'has_invoice_id', 'has_order_fields', 'invoiced_at'
] -%}

with sales as (

    select * from {{ ref('stg_invoice_lines') }}
    where
        problem is null
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
    from sales
    where returned_at is not null

    union all

    select
        {%- for column in columns %}
        sales.{{ column }},
        {%- endfor %}
        sales.invoiced_at as returned_at
    from sales
    inner join returned_orders on sales.invoice_id = returned_orders.invoice_id
    where
        sales.returned_at is null
        and sales.invoiced_at is not null

)

select * from final
