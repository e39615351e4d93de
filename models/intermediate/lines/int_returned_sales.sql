{%- set content = segmentation.line_content() | join(', ') -%}
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
        and {{ segmentation.is_plausible_time('invoiced_at') }}

),

sales as (

    select
        *,
        coalesce(product_code, description) as item,
        {{ segmentation.item_number() }} as item_number
    from marked
    where {{ segmentation.is_plausible_time('invoiced_at') }}

),

sold_items as (

    select distinct
        customer_id,
        item,
        quantity
    from sales

),

returned_items as (

    select
        returns.*,
        sold_items.item
    from returns
    inner join sold_items
        on
            returns.customer_id = sold_items.customer_id
            and coalesce(returns.product_code, returns.description) = sold_items.item
            and returns.quantity = -sold_items.quantity

),

numbered_returns as (

    select
        *,
        {{ segmentation.item_number() }} as item_number
    from returned_items

),

{%- for lines in ['sales', 'numbered_returns'] %}

copies_of_{{ lines }} as (

    select
        *,
        row_number() over (
            partition by {{ content }}, item_number, case when not has_invoice_id then line_id end
            order by source_file, source_row
        ) as copy_number
    from {{ lines }}

),
{%- endfor %}

-- What was sold and what came back of an item, in equal pieces, by time.
events as (

    {%- for lines, step in [('sales', 1), ('numbered_returns', -1)] %}
    select
        customer_id,
        item,
        abs(quantity) as units,
        invoiced_at,
        {{ step }} as step,
        line_id
    from copies_of_{{ lines }}
    where copy_number = 1
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

balances as (

    select
        *,
        sum(step) over (
            partition by customer_id, item, units order by invoiced_at asc, step desc, line_id asc
            rows between unbounded preceding and current row
        ) as balance
    from events

),

-- As many returns have no sale before them as the balance falls below 0: they are of something else.
counted_returns as (

    select
        customer_id,
        item,
        units,
        sum(case when step = -1 then 1 else 0 end) + least(min(balance), 0) as returns_of_sales
    from balances
    group by
        customer_id,
        item,
        units

),

numbered_sales as (

    select
        *,
        row_number() over (
            partition by customer_id, item, quantity, copy_number order by invoiced_at, source_file, source_row
        ) as sale_number
    from copies_of_sales

),

-- What came back may have a line of its own besides, as of a refund: that one counts.
final as (

    select
        {%- for column in columns %}
        numbered_sales.{{ column }},
        {%- endfor %}
        numbered_sales.returned_at,
        numbered_sales.copy_number,
        coalesce(
            numbered_sales.copy_number = 1 and numbered_sales.sale_number <= counted_returns.returns_of_sales, false
        ) as has_line_of_return
    from numbered_sales
    left join counted_returns
        on
            numbered_sales.customer_id = counted_returns.customer_id
            and numbered_sales.item = counted_returns.item
            and numbered_sales.quantity = counted_returns.units

)

select * from final
