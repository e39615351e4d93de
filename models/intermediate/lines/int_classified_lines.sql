{{ config(materialized='view') }}

{%- set prefix = var('cancellation_prefix') -%}
{%- set columns = [
    'line_id', 'typed_key', 'load_key', 'invoice_id', 'product_code', 'customer_id', 'description', 'country', 'source_file',
    'shape', 'problem', 'source_row', 'quantity', 'unit_price', 'amount', 'has_invoice_id', 'invoiced_at', 'unread_hash'
] -%}

with staged_lines as (

    select * from {{ ref('int_delivered_lines') }}

),

derived_lines as (

    select * from {{ ref('int_derived_invoice_lines') }}

),

non_product_codes as (

    select * from {{ ref('int_non_product_codes') }}

),

cancellation_marks as (

    select * from {{ ref('int_cancellation_marks') }}

),

lines as (

    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        has_order_fields,
        content_hash,
        cast(null as {{ dbt.type_string() }}) as given_line_type,
        false as is_derived
    from staged_lines
    union all
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        false as has_order_fields,
        cast(null as bigint) as content_hash,
        given_line_type,
        true as is_derived
    from derived_lines

),

joined as (

    select
        lines.*,
        coalesce(lines.given_line_type, non_product_codes.line_type) as type_of_code,
        cancellation_marks.is_in_use and {{ segmentation.starts_with('lines.invoice_id', prefix) }} as is_cancellation
    from lines
    left join cancellation_marks on lines.shape is not distinct from cancellation_marks.shape
    left join non_product_codes on lines.product_code = non_product_codes.product_code

),

-- Why a line is not accepted, whatever other lines there are; null where it is. The first reason that holds is given.
judged as (

    select
        *,
        case
            when problem is not null then problem
            when invoice_id is null and has_invoice_id then 'missing_invoice'
            when invoiced_at is null or not {{ segmentation.is_plausible_time('invoiced_at') }} then 'bad_date'
            when quantity is null or quantity = 0 then 'bad_quantity'
            when unit_price is null then 'bad_price'
            when amount is null then 'bad_amount'
        end as reason
    from joined

),

-- What an accepted line is. A code that is no product decides before the sign does.
classified as (

    select
        *,
        case
            when reason is not null then null
            when type_of_code is not null then type_of_code
            when unit_price < 0 then 'adjustment'
            when unit_price = 0 and quantity < 0 then 'write_off'
            when unit_price = 0 then 'free'
            when quantity < 0 then 'return'
            -- A cancellation of a positive quantity contradicts itself: its money counts, but for no customer's habits.
            when is_cancellation then 'adjustment'
            else 'sale'
        end as line_type
    from judged

),

final as (

    select
        -- ids
        line_id,
        typed_key,
        load_key,
        invoice_id,
        product_code,
        customer_id,
        content_hash,
        unread_hash,

        -- text
        description,
        country,
        line_type,
        reason,
        source_file,

        -- numerics
        source_row,
        quantity,
        unit_price,
        amount,

        -- booleans
        has_invoice_id,
        has_order_fields,
        is_derived,

        -- timestamps
        invoiced_at,
        cast(invoiced_at as date) as invoice_date

    from classified

)

select * from final
