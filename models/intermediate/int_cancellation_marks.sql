{%- set prefix = var('cancellation_prefix') -%}

with lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

marked as (

    select
        shape,
        sum(case when {{ segmentation.starts_with('invoice_id', prefix) }} then 1 else 0 end) as line_count,
        sum(case when {{ segmentation.starts_with('invoice_id', prefix) }} and quantity < 0 then 1 else 0 end)
            as negative_count
    from lines
    group by shape

),

final as (

    select
        shape,
        cast({{ segmentation.sql_text(prefix) }} as {{ dbt.type_string() }}) as cancellation_prefix,
        line_count,
        coalesce(negative_count > 0.5 * line_count, false) as is_in_use
    from marked

)

select * from final
