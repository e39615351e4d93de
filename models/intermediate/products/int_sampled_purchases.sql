{%- set days = var('validation_days') | int -%}

with customers as (

    select
        customer_id,
        sample_rank
    from {{ ref('int_clustering_features') }}
    where sample_rank <= greatest({{ var('fit_sample_size') }}, {{ var('validation_sample') }})

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

sales as (

    select
        lines.customer_id,
        lines.invoice_id,
        lines.product_code,
        max(lines.description) as description,
        min(lines.invoice_date) as purchase_date
    from {{ ref('int_invoice_lines') }} as lines
    inner join customers on lines.customer_id = customers.customer_id
    cross join as_of
    where
        lines.line_type = 'sale'
        and lines.product_code is not null
        and {{ var('products') | lower }}
        and lines.invoice_date < as_of.as_of_date
        -- Pairs are counted in the days before the as-of date and before the cut; the trial has to know all of a customer.
        and (
            customers.sample_rank <= {{ var('validation_sample') }}
            or lines.invoice_date >= {{ segmentation.dateadd('day', -2 * days, 'as_of.as_of_date') }}
        )
    group by
        lines.customer_id,
        lines.invoice_id,
        lines.product_code

),

final as (

    select
        -- ids
        sales.customer_id,
        sales.invoice_id,
        sales.product_code,

        -- text
        sales.description,

        -- booleans
        customers.sample_rank <= {{ var('validation_sample') }} as is_on_trial,

        -- dates
        sales.purchase_date

    from sales
    inner join customers on sales.customer_id = customers.customer_id

)

select * from final
