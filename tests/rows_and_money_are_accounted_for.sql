-- Every row and every penny that was read from a file is accepted or rejected, and every accepted one has a type.
select
    source_file,
    rows_read,
    rows_accepted,
    rows_rejected,
    amount_read,
    amount_accepted,
    amount_rejected
from {{ ref('load_audit') }}
where
    rows_read <> rows_accepted + rows_rejected
    or rows_accepted <> rows_sale + rows_return + rows_charge + rows_adjustment + rows_write_off + rows_free
    or rows_duplicate > rows_rejected
    or amount_read <> amount_accepted + amount_rejected
    or amount_accepted
    <> amount_sale + amount_return + amount_charge + amount_adjustment + amount_write_off + amount_free
