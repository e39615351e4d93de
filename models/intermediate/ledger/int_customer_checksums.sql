with accepted_days as (

    select * from {{ ref('int_invoice_days') }}
    where
        customer_id is not null
        and line_type in ('sale', 'return')

),

cancelled_lines as (

    select * from {{ ref('int_cancelled_lines') }}

),

-- Sums of hashes, which do not depend on the order of the rows.
checksums as (

    select
        customer_id,
        {{ segmentation.sum_of_hashes('content_hash') }} as content_checksum
    from accepted_days
    group by customer_id

    union all

    select
        customer_id,
        {{ segmentation.sum_of_hashes(segmentation.row_hash(['line_id', 'amount', 'invoice_date'])) }}
            as content_checksum
    from cancelled_lines
    group by customer_id

),

final as (

    select
        customer_id,
        sum(content_checksum) as content_checksum
    from checksums
    group by customer_id

)

select * from final
