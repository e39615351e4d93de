{%- set setting = var('invoice_numbers') -%}

with file_invoice_days as (

    select * from {{ ref('int_file_invoice_days') }}
    where line_type = 'sale'

),

files as (

    select * from {{ ref('stg_files') }}
    where has_invoice_id

),

numbers as (

    select
        files.shape,
        file_invoice_days.invoice_id,
        min(file_invoice_days.customer_id) as least_customer_id,
        max(file_invoice_days.customer_id) as greatest_customer_id,
        min(file_invoice_days.invoice_date) as first_date,
        max(file_invoice_days.invoice_date) as last_date
    from file_invoice_days
    inner join files on file_invoice_days.load_key = files.load_key
    group by
        files.shape,
        file_invoice_days.invoice_id

),

-- An invoice may run past midnight.
judged as (

    select
        *,
        coalesce(least_customer_id < greatest_customer_id, false)
        or {{ segmentation.days_between('first_date', 'last_date') }} > 1 as is_repeated
    from numbers

),

counted as (

    select
        shape,
        count(*) as number_count,
        sum(case when is_repeated then 1 else 0 end) as repeated_count,
        min(case when is_repeated then invoice_id end) as example_invoice_id
    from judged
    group by shape

),

examples as (

    select
        counted.shape,
        min(file_invoice_days.invoice_date) as first_date,
        max(file_invoice_days.invoice_date) as last_date,
        count(distinct file_invoice_days.customer_id) as customer_count
    from counted
    inner join file_invoice_days on counted.example_invoice_id = file_invoice_days.invoice_id
    inner join files
        on
            file_invoice_days.load_key = files.load_key
            and counted.shape = files.shape
    group by counted.shape

),

final as (

    select
        files.source_file,
        'invoice_numbers' as assumption,
        '{{ setting or 'unique' }}' as assumed,
        counted.number_count - counted.repeated_count as lines_for,
        counted.repeated_count as lines_against,
        {%- if setting %}
        'setting' as decided_by,
        {%- else %}
        case
            when counted.repeated_count >= 3 and counted.repeated_count > 0.05 * counted.number_count then 'nothing'
            else 'default'
        end as decided_by,
        {%- endif %}
        case
            when counted.repeated_count > 0
                then
                    counted.repeated_count || ' of ' || counted.number_count
                    || ' invoice numbers come again on other days or for other customers, such as '
                    || counted.example_invoice_id || ' from ' || examples.first_date || ' to ' || examples.last_date
                    || ' for ' || examples.customer_count || ' customers'
            else 'each invoice number is of one day and one customer'
        end as explanation
    from counted
    inner join files on counted.shape = files.shape
    left join examples on counted.shape = examples.shape

)

select * from final
