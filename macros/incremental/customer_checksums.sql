{#-
    CTEs up to `customer_checksums`: what tells whether anything of a customer changed, from the CTEs content (customer_id, content_hash) and
    cancelled_lines. Sums of hashes, which do not depend on the order of the rows.
-#}
{% macro customer_checksums() -%}
checksums as (

    select
        customer_id,
        {{ segmentation.sum_of_hashes('content_hash') }} as content_checksum
    from content
    group by customer_id

    union all

    select
        customer_id,
        {{ segmentation.sum_of_hashes(segmentation.row_hash(['line_id', 'amount', 'invoice_date'])) }}
            as content_checksum
    from cancelled_lines
    group by customer_id

),

customer_checksums as (

    select
        customer_id,
        sum(content_checksum) as content_checksum
    from checksums
    group by customer_id

)
{%- endmacro %}
