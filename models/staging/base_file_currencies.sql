with invoice_rows as (

    select
        load_key,
        {{ segmentation.other_field('currency') }} as currency_text,
        coalesce(unit_price, {{ segmentation.other_field('amount') }}) as price_text
    from {{ ref('base_invoice_rows') }}

),

with_currency as (

    select
        load_key,
        {{ segmentation.line_currency('currency_text', 'null', 'price_text') }} as currency
    from invoice_rows
    where
        currency_text is not null
        or {{ segmentation.safe_cast('price_text', 'double') }} is null

),

final as (

    select
        load_key,
        currency,
        count(*) as line_count
    from with_currency
    where currency is not null
    group by
        load_key,
        currency

)

select * from final
