-- noqa: disable=LT02
-- SQL in a block of Jinja is indented as it is written, not as it comes out.
{{ config(materialized='by_part', part_key='typed_key') }}

{%- set money = segmentation.type_money() -%}
{%- set rates = var('exchange_rates') -%}
{%- set columns_of_file = [
    'source_file', 'shape', 'file_key', 'date_order', 'decimal_mark', 'has_invoice_id', 'has_quantity', 'has_unit_price',
    'has_order_fields', 'has_customer_id_of_order', 'has_country_of_order', 'has_invoiced_at_of_order', 'has_named_months', 'discount_sign', 'typed_key'
] -%}
{%- set meanings = segmentation.sql_text(tojson([var('order_status_meanings'), var('document_type_meanings')])) -%}
{%- set keys = ['load_key', 'date_order', 'decimal_mark', 'discount_sign', 'orders_hash', meanings] -%}
{%- for seed in ['order_statuses', 'document_types', 'no_customer_words', 'month_names'] -%}
    {%- do keys.append(segmentation.seed_checksum(seed)) -%}
{%- endfor -%}

-- What an order that is cut between two files takes from the other one changes with that file.
with continued_orders as (

    select
        load_key,
        cast({{ segmentation.sum_of_hashes(segmentation.row_hash(
            ['invoice_id', 'customer_id', 'country', 'currency', 'status_meaning', 'invoiced_at', 'cancelled_at']
        )) }} as {{ dbt.type_string() }}) as orders_hash
    from {{ ref('stg_invoice_orders') }}
    where is_continued
    group by load_key

),

typed_files as (

    select
        stg_files.*,
        continued_orders.orders_hash
    from {{ ref('stg_files') }} as stg_files
    left join continued_orders on stg_files.load_key = continued_orders.load_key

),

files as (

    {{ segmentation.pending_parts('typed_files', keys, 'typed_key') }}

),

invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

orders as (

    select * from {{ ref('stg_invoice_orders') }}

),

{%- for seed, word in {
    'month_names': none, 'no_customer_words': none, 'order_statuses': 'order_status', 'document_types': 'document_type'
}.items() %}

{{ seed }} as (

    {{ segmentation.word_meanings(ref(seed), word, var(word ~ '_meanings')) if word else 'select * from ' ~ ref(seed) }}

),
{%- endfor %}

-- Each row with what is known of its file, text without outer white space.
trimmed as (

    select
        invoice_rows.load_key,
        invoice_rows.other_fields,
        invoice_rows.unread_hash,
        {%- for column in segmentation.invoice_line_columns() %}
        {{ segmentation.clean_text('invoice_rows.' ~ column) }} as {{ column }}_text,
        {%- endfor %}
        {%- for column in columns_of_file %}
        files.{{ column }},
        {%- endfor %}
        coalesce(
            invoice_rows.source_row,
            invoice_rows.row_position - files.first_position + files.first_source_row
        ) as source_row
    from invoice_rows
    inner join files on invoice_rows.load_key = files.load_key

),

-- What is looked up in a seed: few lines have such words.
worded as (

    select
        *,
        {{ segmentation.clean_id('invoice_id_text') }} as cleaned_invoice_id,
        {{ segmentation.clean_customer_id('customer_id_text') }} as named_customer,
        case when has_named_months then {{ segmentation.month_word('invoiced_at_text') }} end as month_word,
        lower({{ segmentation.other_field('is_returned') }}) as document_type,
        lower({{ segmentation.other_field('order_status') }}) as order_status
    from trimmed

),

looked_up as (

    select
        worded.*,
        {{ segmentation.date_in_numbers('worded.invoiced_at_text', 'month_names.month') }} as date_in_numbers,
        case when month_names.month is null then worded.date_order else 'dmy' end as order_of_numbers,
        {{ segmentation.known_customer('worded.named_customer') }} as customer_id,
        document_types.meaning as document_meaning,
        order_statuses.meaning as meaning_of_status
    from worded
    left join month_names on worded.month_word = month_names.month_name
    left join no_customer_words
        on {{ segmentation.customer_word('worded.named_customer') }} = no_customer_words.customer_word
    left join document_types on worded.document_type = document_types.document_type
    left join order_statuses on worded.order_status = order_statuses.order_status

),

typed as (

    select
        *,
        {{ segmentation.written_null('cleaned_invoice_id') }} as invoice_id,
        upper({{ segmentation.clean_id('product_code_text') }}) as product_code,
        {{ segmentation.written_null('country_text') }} as country_given,
        {{ segmentation.parse_number('quantity_text', 'decimal_mark', 'decimal(18, 3)') }} as quantity_given,
        {{ segmentation.parse_number('unit_price_text', 'decimal_mark', money) }} as price_given,
        {{ segmentation.parse_timestamp('date_in_numbers', 'order_of_numbers') }} as time_given,
        {{ segmentation.parse_number(segmentation.other_field('amount'), 'decimal_mark', money) }} as amount_given,
        {{ segmentation.parse_number(segmentation.other_field('discount'), 'decimal_mark', money) }} as discount_given,
        {{ segmentation.discount_share(segmentation.other_field('discount'), 'decimal_mark') }} as discount_share,
        {{ segmentation.other_field('discount') }} as discount_text
    from looked_up

),

-- What is on one row of an order reaches all of its lines.
completed as (

    select
        typed.*,
        {%- for field, given, name in [
            ('customer_id', 'customer_id', 'customer'), ('country', 'country_given', 'country'), ('invoiced_at', 'time_given', 'time')
        ] %}
        coalesce(typed.{{ given }}, case when typed.has_{{ field }}_of_order then orders.{{ field }} end)
            as {{ name }}_of_order,
        {%- endfor %}
        {{ segmentation.amount_of_line('typed') }} as amount_of_line,
        -- A status that a line has for itself, as where part of an order was cancelled, is that of the line.
        coalesce(typed.meaning_of_status, orders.status_meaning) as status_meaning,
        orders.cancelled_at,
        {{ segmentation.comes_back('typed', 'orders') }} as is_return
        {%- if rates %},
        {{ segmentation.exchange_rate(segmentation.line_currency(
            segmentation.other_field('currency', 'typed.other_fields'), 'orders.currency',
            'coalesce(typed.unit_price_text, ' ~ segmentation.other_field('amount', 'typed.other_fields') ~ ')'
        )) }} as exchange_rate
        {%- endif %}
    from typed
    left join orders
        on
            typed.load_key = orders.load_key
            and typed.invoice_id = orders.invoice_id

),

-- One way to write what comes back, whichever the file has: a quantity below 0 at a price above it.
signed as (

    select
        *,
        case
            when not has_quantity then case when is_return then -1 else 1 end
            when is_return then -abs(quantity_given)
            else quantity_given
        end as quantity,
        case when is_return then abs(price_given) else price_given end as signed_price,
        case when is_return then -abs(amount_of_line) else amount_of_line end as signed_amount,
        document_meaning = 'returned_sale' or status_meaning = 'cancelled' or cancelled_at is not null as is_returned
    from completed

),

priced as (

    select
        *,
        {{ segmentation.amount_in_file() }} as amount_in_file,
        case
            when has_unit_price then signed_price
            else {{ segmentation.safe_cast(segmentation.rounded_quotient('signed_amount', 'quantity', 4), money) }}
        end as price_in_file,
        {{ segmentation.is_amount_agreed() }} as is_amount_agreed
    from signed

),

lines as (

    select
        -- ids
        typed_key,
        load_key,
        file_key * 17179869184 + source_row * 4 as line_id,
        {{ segmentation.line_invoice_id() }} as invoice_id,
        product_code,
        customer_of_order as customer_id,

        -- text
        description_text as description,
        country_of_order as country,
        source_file,
        shape,
        {{ segmentation.line_problem() }} as problem,

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
        {{ segmentation.unkept_hash() }} as unread_hash,

        -- booleans
        has_invoice_id,
        has_order_fields,
        is_amount_agreed,

        -- timestamps
        time_of_order as invoiced_at,
        {{ segmentation.time_of_return() }} as returned_at

    from priced

),

final as (

    select
        *,
        {{ segmentation.row_hash(segmentation.line_content()) }} as content_hash
    from lines

)

select * from final
