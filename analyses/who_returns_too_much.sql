-- Who sends back too much of what was bought, and which product most of it is. Cancellations are left out.
with customers as (

    select * from {{ ref('customer_segments') }}
    where is_high_return

),

return_behavior as (

    select * from {{ ref('int_return_behavior') }}

),

features as (

    select * from {{ ref('int_customer_features') }}

),

lines as (

    select * from {{ ref('invoice_lines') }}
    where line_type = 'return'

),

cancelled_lines as (

    select * from {{ ref('int_cancelled_lines') }}

),

returned_products as (

    select
        customers.customer_id,
        lines.product_code,
        max(lines.description) as description,
        sum(-lines.amount) as returned_value
    from customers
    inner join lines
        on
            customers.customer_id = lines.customer_id
            and customers.as_of_date > lines.invoiced_at
    left join cancelled_lines on lines.line_id = cancelled_lines.line_id
    where cancelled_lines.line_id is null
    group by customers.customer_id, lines.product_code

),

ranked_products as (

    select
        *,
        row_number() over (partition by customer_id order by returned_value desc, product_code asc) as value_rank
    from returned_products

),

final as (

    select
        customers.customer_id,
        customers.segment,
        features.orders,
        features.purchased_value,
        customers.returned_value,
        customers.cancelled_value,
        return_behavior.kept_return_rate,
        customers.shrunk_return_rate,
        ranked_products.product_code as most_returned_product,
        ranked_products.description as most_returned_description,
        ranked_products.returned_value as most_returned_value
    from customers
    inner join features on customers.customer_id = features.customer_id
    inner join return_behavior on customers.customer_id = return_behavior.customer_id
    left join ranked_products
        on
            customers.customer_id = ranked_products.customer_id
            and ranked_products.value_rank = 1

)

select * from final
order by shrunk_return_rate desc, customer_id asc
