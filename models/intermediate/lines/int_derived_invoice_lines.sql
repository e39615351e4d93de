-- Lines that are in no file by themselves, because the file says of a sale only that it was returned or refunded.
with sales as (

    select * from {{ ref('int_returned_sales') }}

),

refunded_orders as (

    select * from {{ ref('int_order_refunds') }}

),

final as (

    select
        line_id + 1 as line_id,
        typed_key,
        load_key,
        invoice_id,
        product_code,
        customer_id,
        description,
        country,
        source_file,
        shape,
        cast(null as {{ dbt.type_string() }}) as problem,
        cast(null as {{ dbt.type_string() }}) as given_line_type,
        source_row,
        -quantity as quantity,
        unit_price,
        -amount as amount,
        has_invoice_id,
        returned_at as invoiced_at,
        unread_hash
    from sales
    where
        copy_number = 1
        and not has_line_of_return

    {%- for amount, line_type, description, part in [
        ('refunded_goods', 'return', 'refund', 2), ('refunded_charges', 'charge', 'refund of charges', 3)
    ] %}

    union all

    select
        line_id + {{ part }} as line_id,
        typed_key,
        load_key,
        invoice_id,
        cast(null as {{ dbt.type_string() }}) as product_code,
        customer_id,
        '{{ description }}' as description,
        country,
        source_file,
        cast(null as {{ dbt.type_string() }}) as shape,
        cast(null as {{ dbt.type_string() }}) as problem,
        '{{ line_type }}' as given_line_type,
        source_row,
        -1 as quantity,
        {{ amount }} as unit_price,
        -{{ amount }} as amount,
        true as has_invoice_id,
        invoiced_at,
        cast(null as {{ dbt.type_string() }}) as unread_hash
    from refunded_orders
    where {{ amount }} > 0
    {%- endfor %}

)

select * from final
