with invoice_rows as (

    select
        load_key,
        other_fields,
        unit_price,
        coalesce(unit_price, {{ segmentation.other_field('amount') }}) as price_text
    from {{ ref('base_invoice_rows') }}

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
