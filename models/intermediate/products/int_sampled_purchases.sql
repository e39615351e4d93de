{{ config(materialized='by_part', part_key='sample_key') }}

{%- set most_purchases = 1000000 -%}
{#- Without the var it is the day after the last of all. -#}
{%- set as_of_date = segmentation.date_setting('as_of_date') -%}
{%- set is_known = 'sold.invoice_date < ' ~ as_of_date if var('as_of_date') else 'true' -%}

with customers_with_products as (

    select
        customer_id,
        ledger_key,
        sum(orders) as purchases
    from {{ ref('int_customer_products') }}
    group by customer_id, ledger_key

),

-- So many customers as have a million purchases among them: more would cost minutes, and show little that these don't.
limits as (

    select ceil({{ most_purchases }} * count(*) / nullif(sum(purchases), 0)) as most_customers
    from customers_with_products

),

sampled_customers as (

    select
        customers_with_products.customer_id,
        customers_with_products.ledger_key
    from customers_with_products
    inner join {{ ref('int_clustering_features') }} as features
        on customers_with_products.customer_id = features.customer_id
    cross join limits
    where
        features.sample_rank <= {{ var('validation_sample') }}
        and features.sample_rank <= limits.most_customers

),

customers as (

    {{ segmentation.pending_parts('sampled_customers', ['ledger_key'], 'sample_key') }}

),

final as (

    select
        -- ids
        customers.sample_key,
        sold.customer_id,
        sold.invoice_id,
        sold.product_code,

        -- dates
        min(sold.invoice_date) as purchase_date

    -- A copy is a purchase of the same product on the same invoice and day.
    from {{ ref('int_classified_lines') }} as sold
    inner join customers on sold.customer_id = customers.customer_id
    where
        sold.line_type = 'sale'
        and sold.product_code is not null
        and {{ is_known }}
    group by
        customers.sample_key,
        sold.customer_id,
        sold.invoice_id,
        sold.product_code

)

select * from final
