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
        count(distinct file_invoice_days.customer_id) as customer_count,
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
        customer_count > 1 or {{ segmentation.days_between('first_date', 'last_date') }} > 1 as is_repeated
    from numbers

),

counted as (

    select
        shape,
        count(*) as number_count,
        sum(case when is_repeated then 1 else 0 end) as repeated_count,
        sum(case when customer_count > 1 then 1 else 0 end) as of_several_customers,
        min(case when is_repeated then invoice_id end) as example_invoice_id
    from judged
    group by shape

),

examples as (

    select
        counted.*,
        judged.first_date,
        judged.last_date,
        judged.customer_count
    from counted
    left join judged
        on
            counted.shape = judged.shape
            and counted.example_invoice_id = judged.invoice_id

),

final as (

    select
        files.source_file,
        'invoice_numbers' as assumption,
        '{{ setting or 'unique' }}' as assumed,
        examples.number_count - examples.repeated_count as lines_for,
        examples.repeated_count as lines_against,
        {%- if setting %}
        'setting' as decided_by,
        {%- else %}
        case
            when examples.repeated_count >= 3 and examples.repeated_count > 0.05 * examples.number_count then 'nothing'
            else 'default'
        end as decided_by,
        {%- endif %}
        case
            when examples.repeated_count > 0
                then
                    examples.repeated_count || ' of ' || examples.number_count
                    || ' invoice numbers come again on other days or for other customers, such as '
                    || examples.example_invoice_id || ' from ' || examples.first_date || ' to ' || examples.last_date
                    || ' for ' || examples.customer_count || ' customers'
            else 'each invoice number is of one day and one customer'
        end as explanation
    from examples
    inner join files on examples.shape = files.shape

)

select * from final
