-- The view of all lines is read twice, each time for what is needed of it: one import for both would be kept in memory.
with returns as (

    select
        line_id,
        customer_id,
        product_code,
        quantity,
        amount,
        is_derived,
        invoiced_at,
        invoice_date
    from {{ ref('int_invoice_lines') }}
    where
        line_type = 'return'
        and customer_id is not null
        and product_code is not null

),

sales as (

    select
        customer_id,
        product_code,
        quantity,
        invoiced_at,
        invoice_date
    from {{ ref('int_invoice_lines') }}
    where line_type = 'sale'

),

-- A sale of the 24 hours before stands on the day of the return or on the day before: with the day in the key of the
-- join, it stays cheap where one customer buys and returns a product again and again.
sought_sales as (

    select
        *,
        invoice_date as sale_date
    from returns

    union all

    select
        *,
        cast({{ dbt.dateadd('day', -1, 'invoice_date') }} as date) as sale_date
    from returns

),

final as (

    select distinct
        sought_sales.line_id,
        sought_sales.customer_id,
        sought_sales.amount,
        sought_sales.invoice_date
    from sought_sales
    inner join sales
        on
            sought_sales.customer_id = sales.customer_id
            and sought_sales.product_code = sales.product_code
            and sought_sales.sale_date = sales.invoice_date
    where
        sales.quantity >= -sought_sales.quantity
        and sales.invoiced_at <= sought_sales.invoiced_at
        and sought_sales.invoiced_at <= {{ dbt.dateadd('day', 1, 'sales.invoiced_at') }}
        -- Where a file marks a sale as returned and does not say when, its return has the time of the sale.
        and (sales.invoiced_at < sought_sales.invoiced_at or not sought_sales.is_derived)

)

select * from final
