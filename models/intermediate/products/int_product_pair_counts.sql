{%- set days = var('validation_days') | int -%}

with purchases as (

    select * from {{ ref('int_sampled_purchases') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

pairs as (

    select
        pairs.product_code,
        pairs.other_product_code
    from {{ ref('int_product_pairs') }} as pairs
    inner join as_of on pairs.known_until = as_of.as_of_date

),

in_orders as (

    select
        purchases.customer_id,
        purchases.invoice_id,
        purchases.product_code
    from purchases
    inner join as_of
        on
            purchases.purchase_date < as_of.as_of_date
            and purchases.purchase_date >= {{ segmentation.dateadd('day', -days, 'as_of.as_of_date') }}

),

of_customers as (

    select distinct
        customer_id,
        product_code
    from in_orders

),

{%- for counted, purchases, keys in [
    ('customers', 'of_customers', ['customer_id']), ('orders', 'in_orders', ['customer_id', 'invoice_id'])
] %}

all_{{ counted }} as (

    select count(*) as {{ counted }}
    from (select distinct {{ keys | join(', ') }} from {{ purchases }}) as distinct_{{ counted }}

),

{{ counted }}_of_products as (

    select
        product_code,
        count(*) as {{ counted }}
    from {{ purchases }}
    group by product_code

),

-- A product is looked for among what was bought with another, not in all pairs of a basket, of which there are more.
{{ counted }}_of_pairs as (

    select
        pairs.product_code,
        pairs.other_product_code,
        count(*) as {{ counted }}
    from pairs
    inner join {{ purchases }} as one on pairs.product_code = one.product_code
    where exists (
            select 1
            from {{ purchases }} as other
            where
                pairs.other_product_code = other.product_code
                {%- for key in keys %}
                and one.{{ key }} = other.{{ key }}
                {%- endfor %}
        )
    group by pairs.product_code, pairs.other_product_code

),
{%- endfor %}

final as (

    select
        -- ids
        pairs.product_code,
        pairs.other_product_code,

        -- numerics
        coalesce(customers_of_pairs.customers, 0) as customers,
        customers_of_products.customers as product_customers,
        customers_of_others.customers as other_customers,
        all_customers.customers as all_customers,
        coalesce(orders_of_pairs.orders, 0) as orders,
        orders_of_products.orders as product_orders,
        orders_of_others.orders as other_orders,
        all_orders.orders as all_orders

    from pairs
    cross join all_customers
    cross join all_orders
    inner join customers_of_products on pairs.product_code = customers_of_products.product_code
    inner join orders_of_products on pairs.product_code = orders_of_products.product_code
    inner join customers_of_products as customers_of_others
        on pairs.other_product_code = customers_of_others.product_code
    inner join orders_of_products as orders_of_others
        on pairs.other_product_code = orders_of_others.product_code
    left join customers_of_pairs
        on
            pairs.product_code = customers_of_pairs.product_code
            and pairs.other_product_code = customers_of_pairs.other_product_code
    left join orders_of_pairs
        on
            pairs.product_code = orders_of_pairs.product_code
            and pairs.other_product_code = orders_of_pairs.other_product_code

)

select * from final
