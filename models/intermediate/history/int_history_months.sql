{%- set month_start = dbt.date_trunc('month', 'as_of.as_of_date') -%}
{%- set rules = segmentation.sql_checksum(segmentation.history_features() ~ segmentation.quintile_score('value', 'edges')) -%}

with as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

fits as (

    select * from {{ ref('int_fits') }}

),

-- Each month is looked back at from the first day of the next.
months as (
    {%- for number in range(var('history_months') | int) %}

    select
        cast({{ segmentation.dateadd('month', -number, month_start) }} as date) as as_of_date,
        as_of.first_invoice_date,
        as_of.as_of_date as last_as_of_date
    from as_of
    {{ 'union all' if not loop.last }}
    {%- else %}

    select
        as_of_date,
        first_invoice_date,
        as_of_date as last_as_of_date
    from as_of
    where false
    {%- endfor %}

),

known_months as (

    select as_of_date
    from months
    where
        as_of_date > first_invoice_date
        and as_of_date <= last_as_of_date

),

-- Changes with any line of the ledger, whatever the order of the lines.
day_checksums as (

    select
        activity_date,
        sum(cast({{ segmentation.row_hash([
            'customer_id', 'country', 'orders', 'sale_lines', 'return_lines', 'cancelled_lines', 'purchased', 'returned', 'cancelled',
            'activity_date'
        ]) }} as decimal(38, 0))) as checksum
    from customer_days
    group by activity_date

),

month_checksums as (

    select
        known_months.as_of_date,
        sum(day_checksums.checksum) as checksum
    from known_months
    inner join day_checksums on known_months.as_of_date > day_checksums.activity_date
    group by known_months.as_of_date

),

-- The model in force was the latest that was fitted by then; for months before the first, the first.
fits_by_month as (

    select
        known_months.as_of_date,
        coalesce(
            max(case when fits.fitted_as_of <= known_months.as_of_date then fits.fit_number end), min(fits.fit_number)
        ) as fit_number
    from known_months
    cross join fits
    group by known_months.as_of_date

),

keyed as (

    select
        month_checksums.as_of_date,
        fits.fit_number,
        fits.model_version,
        {{ segmentation.row_hash([
            'month_checksums.as_of_date', 'month_checksums.checksum', 'fits.model_version', segmentation.sql_text(rules)
        ]) }} as history_key
    from month_checksums
    inner join fits_by_month on month_checksums.as_of_date = fits_by_month.as_of_date
    inner join fits on fits_by_month.fit_number = fits.fit_number

),

final as (

    select
        history_key,
        lag(history_key) over (order by as_of_date) as previous_history_key,
        lag(history_key, 2) over (order by as_of_date) as earlier_history_key,
        fit_number,
        model_version,
        cast({{ segmentation.dateadd('day', -1, 'as_of_date') }} as date) as month_end,
        cast({{ dbt.date_trunc('month', segmentation.dateadd('day', -1, 'as_of_date')) }} as date) as month,
        as_of_date
    from keyed

)

select * from final
