{{
    config(
        post_hook="{{ segmentation.check_conventions(
            this, ref('base_file_evidence'), ref('base_invoice_rows')
        ) }}"
    )
}}

{%- set date_order = var('date_order') | lower -%}
{%- set decimal_mark = var('decimal_mark') -%}
{%- set discount_sign = {'positive': 1, 'negative': -1}.get(var('discount_sign')) -%}
{%- set counts = [
    'line_count', 'dmy_lines', 'mdy_lines', 'unclear_date_lines', 'ymd_lines', 'numbered_date_lines', 'named_date_lines', 'comma_lines',
    'point_lines', 'lines_with_comma', 'thousand_lines', 'whole_number_lines', 'positive_discount_lines', 'negative_discount_lines'
] -%}

with file_rows as (

    select * from {{ ref('base_file_rows') }}

),

invoice_files as (

    select * from {{ ref('base_invoice_files') }}

),

evidence as (

    select
        load_key,
        {%- for count in counts %}
        coalesce(sum({{ count }}), 0) as {{ count }},
        {%- endfor %}
        bit_or(first_numbers) as first_numbers,
        bit_or(third_numbers) as third_numbers
    from {{ ref('base_file_evidence') }}
    group by load_key

),

-- A file of a single day may be unclear by itself: the others then speak for it, if they are of one mind.
evidence_of_all as (

    select
        {%- for count in counts %}
        coalesce(sum({{ count }}), 0) as {{ count }},
        {%- endfor %}
        bit_or(first_numbers) as first_numbers,
        bit_or(third_numbers) as third_numbers
    from evidence

),

shown as (

    select
        evidence.*,
        {{ segmentation.shown_date_order('evidence') }} as shown_date_order,
        {{ segmentation.shown_date_order('evidence_of_all') }} as date_order_of_all,
        case
            when evidence.lines_with_comma = 0 and evidence.thousand_lines = 0 then '.'
            -- A column of a type has decimals in all of its numbers, or none.
            when
                evidence.lines_with_comma = 0
                and invoice_files.format in ('parquet', 'relation')
                and evidence.whole_number_lines = 0 then '.'
            -- A few numbers in the wrong writing are rejected as such; they do not change how the others are read.
            when evidence.comma_lines > 20 * evidence.point_lines then ','
            when evidence.point_lines > 20 * evidence.comma_lines then '.'
        end as shown_decimal_mark,
        case
            when evidence_of_all.comma_lines > 0 and evidence_of_all.point_lines = 0 then ','
            when evidence_of_all.point_lines > 0 and evidence_of_all.comma_lines = 0 then '.'
        end as decimal_mark_of_all,
        case
            when evidence.positive_discount_lines >= 20 * evidence.negative_discount_lines then 1
            when evidence.negative_discount_lines >= 20 * evidence.positive_discount_lines then -1
        end as shown_discount_sign
    from evidence
    inner join invoice_files on evidence.load_key = invoice_files.load_key
    cross join evidence_of_all

),

conventions as (

    select
        *,
        case
            when '{{ date_order }}' <> '' then '{{ date_order }}'
            when shown_date_order is not null then shown_date_order
            -- What contradicts itself is not decided by others.
            when dmy_lines = 0 or mdy_lines = 0 then date_order_of_all
        end as date_order,
        case
            when '{{ decimal_mark }}' <> '' then '{{ decimal_mark }}'
            else coalesce(shown_decimal_mark, decimal_mark_of_all)
        end as decimal_mark,
        {{ discount_sign or 'shown_discount_sign' }} as discount_sign
    from shown

),

final as (

    select
        -- ids
        file_rows.load_key,
        invoice_files.file_key,

        -- text
        invoice_files.source_file,
        invoice_files.shape,
        conventions.date_order,
        conventions.shown_date_order,
        conventions.decimal_mark,
        conventions.shown_decimal_mark,

        -- numerics
        file_rows.first_position,
        invoice_files.header_row + 2 as first_source_row,
        conventions.discount_sign,
        {%- for count in counts %}
        conventions.{{ count }},
        {%- endfor %}

        -- booleans
        {%- for field in ['invoice_id', 'quantity', 'unit_price'] %}
        invoice_files.positions like '%"{{ field }}"%' as has_{{ field }},
        {%- endfor %}
        {%- for field in ['customer_id', 'country', 'invoiced_at'] %}
        invoice_files.order_fields like '%"{{ field }}"%' as has_{{ field }}_of_order,
        {%- endfor %}
        invoice_files.order_fields <> '[]' as has_order_fields,
        conventions.named_date_lines > 0 as has_named_months

    from file_rows
    inner join invoice_files on file_rows.load_key = invoice_files.load_key
    left join conventions on file_rows.load_key = conventions.load_key

)

select * from final
