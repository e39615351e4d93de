{%- set compared_files = segmentation.of_last_build('int_compared_files') -%}

with read_days as (

    select * from {{ ref('int_read_days') }}

),

final as (

    select
        row_key,
        typed_key,
        sum(line_count) as line_count,
        min(case when line_type is not null then invoice_date end) as first_date,
        max(case when line_type is not null then invoice_date end) as last_date
    from read_days
    {%- if compared_files %}
    where row_key not in (select compared_files.row_key from {{ compared_files }} as compared_files)
    {%- endif %}
    group by row_key, typed_key

)

select * from final
