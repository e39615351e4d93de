-- The ledger of products holds nothing twice: at most the money of the ledger, which has lines without a product, too.
with products as (

    select
        customer_id,
        sum(purchased) as purchased,
        sum(returned) as returned
    from {{ ref('int_customer_products') }}
    group by customer_id

),

customers as (

    select * from {{ ref('int_customer_totals') }}

)

select
    products.customer_id,
    products.purchased,
    products.returned,
    customers.purchased_value,
    customers.returned_value
from products
left join customers on products.customer_id = customers.customer_id
where
    customers.customer_id is null
    or products.purchased > customers.purchased_value
    or products.returned > customers.returned_value
