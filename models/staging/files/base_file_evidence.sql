{{ config(materialized='by_part', part_key='evidence_key') }}

{%- set numbers = ['quantity_text', 'price_text', 'amount_text'] -%}

with loaded_files as (

    select distinct load_key from {{ ref('base_invoice_rows') }}

),

files as (

    {{ segmentation.pending_parts('loaded_files', ['load_key'], 'evidence_key') }}

),

invoice_rows as (

    select
        load_key,
        other_fields,
        unit_price,
        coalesce(unit_price, {{ segmentation.other_field('amount') }}) as price_given,
        {{ segmentation.clean_text('invoiced_at') }} as date_text,
        {{ segmentation.number_text('quantity') }} as quantity_text,
        {{ segmentation.number_text('unit_price') }} as price_text,
        {{ segmentation.number_text(segmentation.other_field('amount')) }} as amount_text,
        {{ segmentation.other_field('discount') }} as discount_text
    from {{ ref('base_invoice_rows') }}
    where
        load_key in (select files.load_key from files)
        and {{ segmentation.other_field('passed_over') }} is null

),

numbered as (

    select
        *,
        -- Dates such as 12/1/2010; a year that comes first leaves no doubt.
        case
            when not {{ segmentation.begins_with_year('date_text') }}
                then {{ segmentation.date_number('date_text', 1) }}
        end as first_number,
        case
            when not {{ segmentation.begins_with_year('date_text') }}
                then {{ segmentation.date_number('date_text', 2) }}
        end as second_number,
        case
            when not {{ segmentation.begins_with_year('date_text') }}
                then {{ segmentation.date_number('date_text', 3) }}
        end as third_number,
        -- Of a date that begins with its year only the letter behind the year is looked at.
        case
            when {{ segmentation.begins_with_year('date_text') }} and substr(date_text, 6, 1) <= '9' then false
            else coalesce({{ segmentation.names_month('date_text') }}, false)
        end as names_month,
        -- Of what is sold: a discount of what comes back may have either sign.
        case
            when discount_text is null or quantity_text like '%-%' then null
            when not {{ segmentation.matches_pattern('discount_text', '[1-9]') }} then null
            when {{ segmentation.matches_pattern('discount_text', '[-−(]') }} then -1
            else 1
        end as discount_sign,
        -- A case, so that the expression is not tried on the plain numbers that most prices are.
        case
            when other_fields is not null or {{ segmentation.safe_cast('unit_price', 'double') }} is null
                then {{ segmentation.line_currency(segmentation.other_field('currency'), 'null', 'price_given') }}
        end as currency
    from invoice_rows

),

counted as (

    select
        load_key,
        currency,
        count(*) as line_count,
        sum(case when first_number between 13 and 31 and second_number between 1 and 12 then 1 else 0 end) as dmy_lines,
        sum(case when second_number between 13 and 31 and first_number between 1 and 12 then 1 else 0 end) as mdy_lines,
        sum(case when first_number between 1 and 12 and second_number between 1 and 12 then 1 else 0 end)
            as unclear_date_lines,
        -- Dates such as 23/01/05, of which the first number may be the year: how many years and days there would be
        -- then.
        sum(
            case
                when
                    first_number between 0 and 99 and second_number between 1 and 12 and third_number between 1 and 31
                    then 1
                else 0
            end
        ) as ymd_lines,
        sum(case when first_number + second_number + third_number is not null then 1 else 0 end) as numbered_date_lines,
        bit_or(case when second_number + third_number is not null then {{ segmentation.bit_of('first_number') }} end)
            as first_numbers,
        bit_or(case when first_number + second_number is not null then {{ segmentation.bit_of('third_number') }} end)
            as third_numbers,
        sum(case when names_month then 1 else 0 end) as named_date_lines,
        {%- for name, mark, other in [('comma', ',', '.'), ('point', '.', ',')] %}
        sum(case when {{ segmentation.shows_decimal_mark(numbers, mark, other) }} then 1 else 0 end)
            as {{ name }}_lines,
        {%- endfor %}
        sum(case when quantity_text like '%,%' or price_text like '%,%' or amount_text like '%,%' then 1 else 0 end)
            as lines_with_comma,
        sum(case when {{ segmentation.may_group_thousands(numbers, '.') }} then 1 else 0 end) as thousand_lines,
        sum(case when {{ segmentation.is_small_whole_number(numbers) }} then 1 else 0 end) as whole_number_lines,
        sum(case when discount_sign = 1 then 1 else 0 end) as positive_discount_lines,
        sum(case when discount_sign = -1 then 1 else 0 end) as negative_discount_lines
    from numbered
    group by
        load_key,
        currency

),

final as (

    select
        files.evidence_key,
        counted.*
    from counted
    inner join files on counted.load_key = files.load_key

)

select * from final
