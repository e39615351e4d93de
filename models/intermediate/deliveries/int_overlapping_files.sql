-- noqa: disable=LT02
-- SQL in a block of Jinja is indented as it is written, not as it comes out.
{{ config(post_hook="{{ segmentation.check_overlapping_files(this) }}") }}

{%- set setting = var('overlapping_files') -%}

with file_orders as (

    select * from {{ ref('int_file_orders') }}

),

file_totals as (

    select * from {{ ref('stg_file_totals') }}

),

files as (

    select
        file_orders.typed_key,
        file_totals.source_file,
        file_totals.shape,
        max(file_orders.last_invoiced_at) as last_invoiced_at
    from file_orders
    inner join file_totals on file_orders.typed_key = file_totals.typed_key
    group by
        file_orders.typed_key,
        file_totals.source_file,
        file_totals.shape

),

-- An order of one number and day in two files: sold in both, or returned in both.
shared_orders as (

    select
        older.typed_key as older_typed_key,
        newer.typed_key as newer_typed_key,
        older.content_hash = newer.content_hash as is_same,
        older.content_hash = newer.content_hash
        or older.least_product_hash = newer.least_product_hash
        or older.greatest_product_hash = newer.greatest_product_hash as has_same_product,
        older.invoice_id
    from file_orders as older
    inner join file_orders as newer
        on
            older.invoice_id = newer.invoice_id
            and older.order_date = newer.order_date
            and older.is_return is not distinct from newer.is_return
            and older.typed_key <> newer.typed_key

),

-- Of two deliveries the one with the later last order is the newer one, else the one whose name comes last.
pairs as (

    select
        shared_orders.older_typed_key,
        shared_orders.newer_typed_key,
        older.source_file as older_file,
        newer.source_file as newer_file,
        older.last_invoiced_at as older_last_invoiced_at,
        newer.last_invoiced_at as newer_last_invoiced_at,
        count(*) as shared_orders,
        sum(case when shared_orders.is_same then 1 else 0 end) as same_orders,
        sum(case when shared_orders.has_same_product then 1 else 0 end) as orders_with_same_product,
        min(case when shared_orders.has_same_product and not shared_orders.is_same then shared_orders.invoice_id end)
            as changed_order
    from shared_orders
    inner join files as older on shared_orders.older_typed_key = older.typed_key
    inner join files as newer on shared_orders.newer_typed_key = newer.typed_key
    where
        older.shape = newer.shape
        {%- if setting == 'file_name' %}
        and older.source_file < newer.source_file
        {%- else %}
        and (
            older.last_invoiced_at < newer.last_invoiced_at
            or (older.last_invoiced_at = newer.last_invoiced_at and older.source_file < newer.source_file)
        )
        {%- endif %}
    group by
        shared_orders.older_typed_key,
        shared_orders.newer_typed_key,
        older.source_file,
        newer.source_file,
        older.last_invoiced_at,
        newer.last_invoiced_at

),

final as (

    select
        -- ids
        older_typed_key,
        newer_typed_key,
        changed_order,

        -- text
        older_file,
        newer_file,
        case
            {%- if setting == 'all' %}
            when true then 'split'
            {%- elif setting %}
            when orders_with_same_product > 0 then 'overlapping'
            {%- endif %}
            -- Where files were cut, no product of an order is in both.
            when orders_with_same_product < 0.1 * shared_orders then 'split'
            when orders_with_same_product < 0.5 * shared_orders then 'unclear'
            when same_orders < shared_orders and older_last_invoiced_at = newer_last_invoiced_at then 'unclear'
            else 'overlapping'
        end as relationship,

        -- numerics
        shared_orders,
        same_orders,
        orders_with_same_product,

        -- timestamps
        older_last_invoiced_at,
        newer_last_invoiced_at

    from pairs

)

select * from final
