{{ config(post_hook="{{ segmentation.check_order_statuses(this, ref('stg_files')) }}") }}

{%- set fields = [
    'customer_id', 'country', 'invoiced_at', 'currency', 'order_status', 'cancelled_at', 'order_refund'
] -%}
{%- set dates = ['invoiced_at', 'cancelled_at'] -%}

-- Only exports in which some fields are on one row of an order and hold for all of it.
with invoice_rows as (

    select
        *,
        {{ segmentation.row_position() }} as row_position
    from {{ ref('base_invoice_rows') }}

),

files as (

    select * from {{ ref('stg_files') }}
    where has_order_fields

),

month_names as (

    select * from {{ ref('month_names') }}

),

no_customer_words as (

    select * from {{ ref('no_customer_words') }}

),

order_statuses as (

    {{ segmentation.word_meanings(ref('order_statuses'), 'order_status', var('order_status_meanings')) }}

),

order_rows as (

    select
        invoice_rows.row_position,
        invoice_rows.load_key,
        files.shape,
        files.source_file,
        files.date_order,
        files.decimal_mark,
        files.has_named_months,
        {{ segmentation.written_null(segmentation.clean_id(segmentation.trimmed('invoice_rows.invoice_id'))) }}
            as invoice_id,
        {{ segmentation.clean_customer_id(segmentation.trimmed('invoice_rows.customer_id')) }} as named_customer,
        {{ segmentation.written_null(segmentation.trimmed('invoice_rows.country')) }} as country,
        {%- for field in ['currency', 'order_status', 'cancelled_at', 'order_refund'] %}
        {{ segmentation.written_null(segmentation.other_field(field, 'invoice_rows.other_fields')) }} as {{ field }},
        {%- endfor %}
        {{ segmentation.trimmed('invoice_rows.invoiced_at') }} as invoiced_at
    from invoice_rows
    inner join files on invoice_rows.load_key = files.load_key
    where {{ segmentation.other_field('passed_over', 'invoice_rows.other_fields') }} is null

),

named_rows as (

    select
        order_rows.*,
        {{ segmentation.known_customer('order_rows.named_customer') }} as customer_id,
        order_statuses.meaning as status_meaning
    from order_rows
    left join no_customer_words
        on {{ segmentation.customer_word('order_rows.named_customer') }} = no_customer_words.customer_word
    left join order_statuses on lower(order_rows.order_status) = order_statuses.order_status

),

-- Of a field that is on several rows the first counts; a row with a status of its own is read by that one.
orders as (

    select
        load_key,
        invoice_id,
        {%- for field in fields %}
        min_by({{ field }}, row_position) filter (where {{ field }} is not null) as {{ field }},
        {%- endfor %}
        min_by(status_meaning, row_position) filter (where order_status is not null) as status_meaning,
        min(order_status) filter (where status_meaning is null) as unknown_status,
        min(shape) as shape,
        min(source_file) as source_file,
        min(date_order) as date_order,
        min(decimal_mark) as decimal_mark,
        max(has_named_months) as has_named_months
    from named_rows
    group by
        load_key,
        invoice_id

),

typed_orders as (

    select
        orders.load_key,
        orders.invoice_id,
        orders.shape,
        orders.source_file,
        orders.customer_id,
        orders.country,
        orders.currency,
        orders.order_status,
        orders.status_meaning,
        orders.unknown_status,
        {{ segmentation.parse_number('orders.order_refund', 'orders.decimal_mark', segmentation.type_money()) }}
            as refunded_amount,
        {%- for date in dates %}
        {{ segmentation.parse_timestamp(
            segmentation.date_in_numbers('orders.' ~ date, date ~ '_months.month'),
            'case when ' ~ date ~ "_months.month is null then orders.date_order else 'dmy' end"
        ) }} as {{ date }},
        {%- endfor %}
        orders.cancelled_at as cancelled_at_text,
        orders.order_refund as refund_text,
        coalesce(orders.currency, orders.order_status, orders.cancelled_at, orders.order_refund) is null as is_continued
    from orders
    left join month_names as invoiced_at_months
        on
            case when orders.has_named_months then {{ segmentation.month_word('orders.invoiced_at') }} end
            = invoiced_at_months.month_name
    left join month_names as cancelled_at_months
        on
            case when orders.has_named_months then {{ segmentation.month_word('orders.cancelled_at') }} end
            = cancelled_at_months.month_name
    -- Not sooner: the identifiers of files that are not read here would be cleaned, too.
    where orders.invoice_id is not null

),

-- An order that is cut between two files has its fields in one of them.
continued as (

    select
        typed_orders.load_key,
        typed_orders.invoice_id,
        begun.customer_id,
        begun.country,
        begun.currency,
        begun.order_status,
        begun.status_meaning,
        begun.invoiced_at,
        begun.cancelled_at,
        row_number() over (
            partition by typed_orders.load_key, typed_orders.invoice_id order by begun.source_file
        ) as preference
    from typed_orders
    inner join typed_orders as begun
        on
            typed_orders.invoice_id = begun.invoice_id
            and typed_orders.shape = begun.shape
            and typed_orders.load_key <> begun.load_key
    where
        typed_orders.is_continued
        and not begun.is_continued

),

final as (

    select
        -- ids
        typed_orders.load_key,
        typed_orders.invoice_id,
        coalesce(typed_orders.customer_id, continued.customer_id) as customer_id,

        -- text
        typed_orders.shape,
        coalesce(typed_orders.country, continued.country) as country,
        coalesce(typed_orders.currency, continued.currency) as currency,
        coalesce(typed_orders.order_status, continued.order_status) as order_status,
        coalesce(typed_orders.status_meaning, continued.status_meaning) as status_meaning,
        typed_orders.unknown_status,
        -- What has no letter and no digit but 0, such as 0000-00-00 or a dash, says that there is nothing.
        case
            when
                typed_orders.cancelled_at is null
                and {{ segmentation.matches_pattern('typed_orders.cancelled_at_text', '[1-9A-Za-z]') }}
                then typed_orders.cancelled_at_text
        end as unreadable_cancelled_at,
        case
            when
                typed_orders.refunded_amount is null
                and {{ segmentation.matches_pattern('typed_orders.refund_text', '[1-9A-Za-z]') }}
                then typed_orders.refund_text
        end as unreadable_refund,

        -- numerics
        typed_orders.refunded_amount,

        -- booleans
        continued.load_key is not null as is_continued,

        -- timestamps
        coalesce(typed_orders.invoiced_at, continued.invoiced_at) as invoiced_at,
        coalesce(typed_orders.cancelled_at, continued.cancelled_at) as cancelled_at

    from typed_orders
    left join continued
        on
            typed_orders.load_key = continued.load_key
            and typed_orders.invoice_id = continued.invoice_id
            and continued.preference = 1

)

select * from final
