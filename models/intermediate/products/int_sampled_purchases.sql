{{ config(materialized='by_part', part_key='sample_key') }}

{#- Without the var it is the day after the last of all. -#}
{%- set as_of_date = segmentation.date_setting('as_of_date') -%}
{%- set is_known = 'sold.invoice_date < ' ~ as_of_date if var('as_of_date') else 'true' -%}

with customer_products as (

    select distinct
        customer_id,
        ledger_key
    from {{ ref('int_customer_products') }}

),

sampled_customers as (

    select
        customer_products.customer_id,
        customer_products.ledger_key
    from customer_products
    inner join {{ ref('int_clustering_features') }} as features
        on customer_products.customer_id = features.customer_id
    where features.sample_rank <= {{ var('validation_sample') }}

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

        -- text
        max(sold.description) as description,

        -- dates
        min(sold.invoice_date) as purchase_date

    from {{ ref('int_invoice_lines') }} as sold
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
