-- noqa: disable=LT02
-- SQL in a block of Jinja is indented as it is written, not as it comes out.
{{ config(materialized='incremental', incremental_strategy='append') }}

{%- set money = segmentation.type_money() -%}
{%- set rates = var('exchange_rates') -%}
{%- set product = segmentation.line_amount('quantity', 'price_given') -%}
{%- set statuses = segmentation.seed_checksum('order_statuses') -%}

{%- set query -%}
invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

orders as (

    select * from {{ ref('stg_invoice_orders') }}

),

-- Each row with what is known of its file, text without outer white space.
trimmed as (

    select
        invoice_rows.load_key,
        invoice_rows.other_fields,
        {%- for column in segmentation.invoice_line_columns() %}
        {{ segmentation.clean_text('invoice_rows.' ~ column) }} as {{ column }}_text,
        {%- endfor %}
        files.source_file,
        files.shape,
        files.file_key,
        files.date_order,
        files.decimal_mark,
        files.has_invoice_id,
        files.has_quantity,
        files.has_unit_price,
        files.has_order_fields,
        files.typed_key,
        coalesce(
            invoice_rows.source_row,
            invoice_rows.row_position - files.first_position + files.first_source_row
        ) as source_row
    from invoice_rows
    inner join files on invoice_rows.load_key = files.load_key

),

typed as (

    select
        *,
        {{ segmentation.clean_id('invoice_id_text') }} as invoice_id,
        upper({{ segmentation.clean_id('product_code_text') }}) as product_code,
        {{ segmentation.clean_customer_id('customer_id_text') }} as customer_id,
        {{ segmentation.parse_number('quantity_text', 'decimal_mark', 'decimal(18, 3)') }} as quantity_given,
        {{ segmentation.parse_number('unit_price_text', 'decimal_mark', money) }} as price_given,
        {{ segmentation.parse_timestamp('invoiced_at_text', 'date_order') }} as time_given,
        {{ segmentation.parse_number(segmentation.other_field('amount'), 'decimal_mark', money) }} as amount_given,
        {{ segmentation.parse_number(segmentation.other_field('discount'), 'decimal_mark', money) }} as discount_given,
        case
            when other_fields is not null
                then {{ segmentation.is_true(segmentation.other_field('is_returned')) }}
            else false
        end as is_flagged_returned
    from trimmed

),

-- What is on one row of an order reaches all of its lines.
completed as (

    select
        typed.*,
        coalesce(typed.customer_id, orders.customer_id) as customer_of_order,
        coalesce(typed.country_text, orders.country) as country_of_order,
        coalesce(typed.time_given, orders.invoiced_at) as time_of_order,
        orders.status_meaning,
        orders.cancelled_at,
        case
            when not typed.has_quantity then case when typed.amount_given < 0 then -1 else 1 end
            -- A list of amounts has the sign of a return in the amount.
            when not typed.has_unit_price and typed.amount_given < 0 then -abs(typed.quantity_given)
            else typed.quantity_given
        end as quantity,
        coalesce(typed.is_flagged_returned, false)
        or orders.status_meaning = 'cancelled'
        or orders.cancelled_at is not null as is_returned,
        {%- if rates %}
        {{ segmentation.exchange_rate(segmentation.line_currency(
            segmentation.other_field('currency', 'typed.other_fields'), 'orders.currency',
            'coalesce(typed.unit_price_text, ' ~ segmentation.other_field('amount', 'typed.other_fields') ~ ')'
        )) }} as exchange_rate
        {%- else %}
        1 as exchange_rate
        {%- endif %}
    from typed
    left join orders
        on
            typed.load_key = orders.load_key
            and typed.invoice_id = orders.invoice_id

),

priced as (

    select
        *,
        case
            when has_unit_price
                then
                    case
                        when discount_given is null then {{ product }}
                        else {{ segmentation.safe_cast(product ~ ' - discount_given', money) }}
                    end
            else amount_given
        end as amount_in_file,
        case
            when has_unit_price then price_given
            else {{ segmentation.safe_cast(segmentation.rounded_quotient('amount_given', 'quantity', 4), money) }}
        end as price_in_file
    from completed

),

lines as (

    select
        -- ids
        typed_key,
        load_key,
        file_key * 17179869184 + source_row * 4 as line_id,
        case
            when has_invoice_id then invoice_id
            -- If there are no invoices, one is what a customer bought on a day.
            when time_of_order is not null
                then
                    coalesce(customer_of_order, '')
                    || '/'
                    || cast(cast(time_of_order as date) as {{ dbt.type_string() }})
        end as invoice_id,
        product_code,
        customer_of_order as customer_id,

        -- text
        description_text as description,
        country_of_order as country,
        source_file,
        shape,
        case
            when {{ segmentation.other_field('erased') }} is not null then 'erased'
            when {{ segmentation.other_field('unreadable') }} is not null then 'unreadable'
            when shape = 'returned_orders' then 'order_mark'
            when is_flagged_returned is null then 'bad_return_flag'
            when status_meaning = 'never_paid' then 'never_paid'
            {%- if rates %}
            when exchange_rate is null then 'other_currency'
            {%- endif %}
        end as problem,

        -- numerics
        source_row,
        quantity,
        {%- if rates %}
        {{ segmentation.safe_cast('round(price_in_file * exchange_rate, 4)', money) }} as unit_price,
        cast({{ segmentation.safe_cast('round(amount_in_file * exchange_rate, 4)', segmentation.type_line_amount()) }} as {{ money }})
            as amount,
        {%- else %}
        price_in_file as unit_price,
        cast({{ segmentation.safe_cast('amount_in_file', segmentation.type_line_amount()) }} as {{ money }}) as amount,
        {%- endif %}

        -- booleans
        has_invoice_id,
        has_order_fields,

        -- timestamps
        time_of_order as invoiced_at,
        case
            when
                is_returned
                and cancelled_at >= time_of_order
                and cancelled_at < {{ segmentation.date_setting('last_plausible_date') }}
                then cancelled_at
            when is_returned then time_of_order
        end as returned_at

    from priced

),

final as (

    select
        *,
        {{ segmentation.row_hash(segmentation.line_content()) }} as content_hash
    from lines

)
{%- endset -%}

with files as (

    {{ segmentation.parts_to_build(
        ref('stg_files'), ['load_key', 'date_order', 'decimal_mark', statuses], query, 'typed_key'
    ) }}

),

{{ query }}

select * from final
