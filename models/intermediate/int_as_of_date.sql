{%- set given = var('as_of_date') | string -%}
{%- if given and not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', given) -%}
    {{ segmentation.stop_build(["as_of_date is '" ~ given ~ "'; it must be a date such as 2011-12-10."]) }}
{%- endif -%}

with lines as (

    select * from {{ ref('int_invoice_lines') }}

),

last_days as (

    select max(invoice_date) as last_invoice_date
    from lines
    where line_type is not null

),

final as (

    select
        last_invoice_date,
        {%- if given %}
        cast({{ segmentation.sql_text(given) }} as date) as as_of_date
        {%- else %}
        cast({{ dbt.dateadd('day', 1, 'last_invoice_date') }} as date) as as_of_date
        {%- endif %}
    from last_days

)

select * from final
