{{ config(materialized='view') }}

{%- set parts = {'file_invoice_days': 'read', 'duplicate_days': 'duplicate', 'derived_days': 'derived'} %}

with file_invoice_days as (

    select * from {{ ref('int_file_invoice_days') }}

),

duplicates as (

    select * from {{ ref('int_duplicate_invoice_lines') }}

),

derived_lines as (

    select * from {{ ref('int_classified_lines') }}
    where is_derived

),

-- A copy has been counted with its file, and is taken away here: what a file holds does not depend on other files.
duplicate_days as (

    select
        load_key,
        customer_id,
        invoice_id,
        country,
        line_type,
        invoice_date,
        -count(*) as line_count,
        -sum(amount) as amount
    from duplicates
    group by
        load_key,
        customer_id,
        invoice_id,
        country,
        line_type,
        invoice_date

),

derived_days as (

    select
        load_key,
        customer_id,
        invoice_id,
        country,
        line_type,
        invoice_date,
        count(*) as line_count,
        sum(amount) as amount
    from derived_lines
    where line_type is not null
    group by
        load_key,
        customer_id,
        invoice_id,
        country,
        line_type,
        invoice_date

),

final as (

    {%- for source, part in parts.items() %}

    select
        '{{ part }}' as part,
        load_key,
        customer_id,
        invoice_id,
        {%- if part == 'read' %}
        content_hash,
        {%- else %}
        {{ segmentation.row_hash(segmentation.day_content()) }} as content_hash,
        {%- endif %}
        country,
        line_type,
        {{ 'reason' if part == 'read' else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as reason,
        line_count,
        {{ 'coalesce(amount, large_amount) as amount' if part == 'read' else 'amount' }},
        invoice_date
    from {{ source }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
