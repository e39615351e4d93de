with pairs as (

    select * from {{ ref('int_cancellation_pairs') }}

),

duplicates as (

    select * from {{ ref('int_duplicate_invoice_lines') }}

),

derived_returns as (

    select * from {{ ref('int_classified_lines') }}
    where
        is_derived
        and line_type = 'return'
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
    from {{ ref('int_classified_lines') }}
    where line_type = 'sale'

),

sought_sales as (

    select
        *,
        invoice_date as sale_date
    from derived_returns

    union all

    select
        *,
        cast({{ segmentation.dateadd('day', -1, 'invoice_date') }} as date) as sale_date
    from derived_returns

),

cancelled_lines as (

    select
        pairs.line_id,
        pairs.customer_id,
        pairs.amount,
        pairs.invoice_date
    from pairs
    left join duplicates on pairs.line_id = duplicates.line_id
    where duplicates.line_id is null

    union all

    select
        sought_sales.line_id,
        sought_sales.customer_id,
        sought_sales.amount,
        sought_sales.invoice_date
    from sought_sales
    inner join sales on {{ segmentation.is_cancelled_by('sales', 'sought_sales') | indent(8) }}
    -- Where a file marks a sale as returned and does not say when, its return has the time of the sale.
    where sales.invoiced_at < sought_sales.invoiced_at

),

-- Several sales may precede a return.
final as (

    select distinct
        line_id,
        customer_id,
        amount,
        invoice_date
    from cancelled_lines

)

select * from final
