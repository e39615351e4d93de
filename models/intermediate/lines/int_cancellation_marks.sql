{%- set prefix = var('cancellation_prefix') -%}

with invoice_files as (

    select * from {{ ref('stg_file_totals') }}

),

marked as (

    select
        shape,
        sum(marked_lines) as line_count,
        sum(marked_negative_lines) as negative_count
    from invoice_files
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
