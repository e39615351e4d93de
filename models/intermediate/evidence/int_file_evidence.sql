{%- set column_map = var('column_map') -%}

with invoice_files as (

    select * from {{ ref('base_invoice_files') }}

),

files as (

    select * from {{ ref('stg_files') }}

),

overlapping_files as (

    select * from {{ ref('int_overlapping_files') }}

),

layouts as (

    select
        source_file,
        'invoice_shape' as assumption,
        shape as assumed,
        cast(null as bigint) as lines_for,
        cast(null as bigint) as lines_against,
        {{ "'setting'" if var('invoice_shape') or column_map else "'file'" }} as decided_by,
        case
            when shape = 'none' then 'the sheet holds no invoice lines'
            else 'fields and the number of their column, from 0: ' || positions || '; all columns: ' || headers
        end as explanation
    from invoice_files

),

encodings as (

    select
        source_file,
        'encoding' as assumption,
        encoding as assumed,
        cast(null as bigint) as lines_for,
        cast(null as bigint) as lines_against,
        {{ "'setting'" if var('encoding') else "'file'" }} as decided_by,
        'values are separated by '
        || case delimiter when chr(9) then 'tabs' when ' ' then 'blanks' else delimiter end as explanation
    from invoice_files
    where encoding <> ''

),

date_orders as (

    select
        source_file,
        'date_order' as assumption,
        case
            when date_order is not null then date_order
            when dmy_lines + mdy_lines + unclear_date_lines + ymd_lines = 0 then 'year of four digits first'
        end as assumed,
        case date_order
            when 'dmy' then dmy_lines
            when 'mdy' then mdy_lines
            when 'ymd' then ymd_lines
            else line_count - numbered_date_lines
        end as lines_for,
        case date_order
            when 'dmy' then mdy_lines
            when 'mdy' then dmy_lines
            when 'ymd' then numbered_date_lines - ymd_lines
            else numbered_date_lines
        end as lines_against,
        case
            when {{ 'true' if var('date_order') else 'false' }} then 'setting'
            when date_order = shown_date_order then 'file'
            when date_order is not null then 'other files'
            when dmy_lines + mdy_lines + unclear_date_lines + ymd_lines = 0 then 'file'
            else 'nothing'
        end as decided_by,
        unclear_date_lines || ' dates can be read with the day or the month first, '
        || named_date_lines || ' name their month' as explanation
    from files

),

decimal_marks as (

    select
        source_file,
        'decimal_mark' as assumption,
        decimal_mark as assumed,
        case when decimal_mark = ',' then comma_lines else point_lines end as lines_for,
        case when decimal_mark = ',' then point_lines else comma_lines end as lines_against,
        case
            when {{ 'true' if var('decimal_mark') else 'false' }} then 'setting'
            when decimal_mark is null then 'nothing'
            when decimal_mark = shown_decimal_mark then 'file'
            else 'other files'
        end as decided_by,
        lines_with_comma || ' lines have a comma in a number, ' || thousand_lines
        || ' a number such as 15.000, whose point may stand between thousands' as explanation
    from files

),

discount_signs as (

    select
        source_file,
        'discount_sign' as assumption,
        case discount_sign when -1 then 'negative' when 1 then 'positive' end as assumed,
        case when discount_sign = -1 then negative_discount_lines else positive_discount_lines end as lines_for,
        case when discount_sign = -1 then positive_discount_lines else negative_discount_lines end as lines_against,
        case
            when {{ 'true' if var('discount_sign') else 'false' }} then 'setting'
            when discount_sign is null then 'nothing'
            else 'file'
        end as decided_by,
        'discounts of sales that are not 0' as explanation
    from files
    where positive_discount_lines + negative_discount_lines > 0

),

deliveries as (

    select
        older_file as source_file,
        'overlapping_files' as assumption,
        relationship as assumed,
        orders_with_same_product as lines_for,
        shared_orders - orders_with_same_product as lines_against,
        case
            when {{ 'true' if var('overlapping_files') else 'false' }} then 'setting'
            when relationship = 'unclear' then 'nothing'
            else 'file'
        end as decided_by,
        shared_orders || ' orders are in ' || newer_file || ' too, ' || same_orders || ' of them equal'
        || case
            when relationship = 'overlapping' then '; as ' || newer_file || ' is the newer delivery, its lines count'
            else ''
        end as explanation
    from overlapping_files

),

final as (

    {%- for evidence in [
        'layouts', 'encodings', 'date_orders', 'decimal_marks', 'discount_signs', 'deliveries'
    ] %}

    select
        source_file,
        assumption,
        assumed,
        lines_for,
        lines_against,
        decided_by,
        explanation
    from {{ evidence }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
