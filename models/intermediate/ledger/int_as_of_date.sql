-- A copy is of the same day as the line it repeats.
with invoice_days as (

    select * from {{ ref('int_invoice_days') }}

),

days as (

    select
        min(invoice_date) as first_invoice_date,
        max(invoice_date) as last_invoice_date
    from invoice_days
    where line_type is not null

),

final as (

    select
        first_invoice_date,
        last_invoice_date,
        {%- if var('as_of_date') %}
        {{ segmentation.date_setting('as_of_date') }} as as_of_date
        {%- else %}
        cast({{ segmentation.dateadd('day', 1, 'last_invoice_date') }} as date) as as_of_date
        {%- endif %}
    from days

)

select * from final
