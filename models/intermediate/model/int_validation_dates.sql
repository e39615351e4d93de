{%- set days = var('validation_days') | int -%}

with as_of as (

    select * from {{ ref('int_as_of_date') }}

),

-- The periods to predict follow each other without a gap, the last ends with the data.
dates as (

    {%- for number in range(1, 6) %}
    select
        {{ number }} as date_number,
        cast({{ segmentation.dateadd('day', -number * days, 'as_of_date') }} as date) as cut_date,
        cast({{ segmentation.dateadd('day', -(number - 1) * days, 'as_of_date') }} as date) as outcome_until,
        first_invoice_date
    from as_of
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        date_number,
        cut_date,
        outcome_until
    from dates
    where {{ segmentation.days_between('first_invoice_date', 'cut_date') }} >= {{ days }}

)

select * from final
