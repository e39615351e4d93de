with file_orders as (

    select * from {{ ref('int_file_orders') }}

),

overlapping_files as (

    select * from {{ ref('int_overlapping_files') }}
    where relationship = 'overlapping'

),

file_ends as (

    select
        typed_key,
        min(first_row) as first_row,
        max(last_row) as last_row
    from file_orders
    group by typed_key

),

-- What is sold and what is returned on a day are rows of their own.
orders as (

    select
        typed_key,
        invoice_id,
        order_date,
        min(order_hash) as least_hash,
        max(order_hash) as greatest_hash,
        min(first_row) as first_row,
        max(last_row) as last_row,
        sum(line_count) as line_count
    from file_orders
    group by
        typed_key,
        invoice_id,
        order_date

),

-- Lines of an order that did not change are copies, of which the first stays. An order at an end of the newer file
-- that has more lines in the older one may be cut there: then the lines of both count.
final as (

    select distinct
        older.typed_key,
        older.invoice_id,
        older.order_date
    from orders as older
    inner join overlapping_files on older.typed_key = overlapping_files.older_typed_key
    inner join orders as newer
        on
            overlapping_files.newer_typed_key = newer.typed_key
            and older.invoice_id = newer.invoice_id
            and older.order_date = newer.order_date
    inner join file_ends on newer.typed_key = file_ends.typed_key
    where
        (
            older.least_hash <> newer.least_hash
            or older.greatest_hash <> newer.greatest_hash
            or older.line_count <> newer.line_count
        )
        and not (
            older.line_count > newer.line_count
            and (newer.first_row = file_ends.first_row or newer.last_row = file_ends.last_row)
        )

)

select * from final
