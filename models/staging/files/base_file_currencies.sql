{{ config(materialized='incremental', incremental_strategy='append') }}

{%- set query -%}
invoice_rows as (

    select
        load_key,
        other_fields,
        unit_price,
        coalesce(unit_price, {{ segmentation.other_field('amount') }}) as price_text
    from {{ ref('base_invoice_rows') }}
    where load_key in (select files.load_key from files)

),

-- A case, so that the expression is not tried on the plain numbers that most prices are.
with_currency as (

    select
        load_key,
        case
            when other_fields is not null or {{ segmentation.safe_cast('unit_price', 'double') }} is null
                then {{ segmentation.line_currency(segmentation.other_field('currency'), 'null', 'price_text') }}
        end as currency
    from invoice_rows

),

counted as (

    select
        load_key,
        currency,
        count(*) as line_count
    from with_currency
    group by
        load_key,
        currency

),

final as (

    select
        files.row_key,
        counted.*
    from counted
    inner join files on counted.load_key = files.load_key

)
{%- endset -%}

with files as (

    {{ segmentation.pending_parts(ref('base_file_rows'), ['load_key'], query) }}

),

{{ query }}

select * from final
