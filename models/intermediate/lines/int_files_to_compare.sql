{%- set file_comparisons = segmentation.stored_relation('int_file_comparisons') -%}

with file_invoice_days as (

    select * from {{ ref('int_file_invoice_days') }}

),

final as (

    select
        classified_key,
        typed_key,
        sum(line_count) as line_count,
        min(case when line_type is not null then invoice_date end) as first_date,
        max(case when line_type is not null then invoice_date end) as last_date
    from file_invoice_days
    {%- if file_comparisons %}
    where classified_key not in (select file_comparisons.classified_key from {{ file_comparisons }} as file_comparisons)
    {%- endif %}
    group by classified_key, typed_key

)

select * from final
