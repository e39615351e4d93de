-- Last of the models that compare the lines of a file with those of all others: a build that is killed before it does
-- so again.
-- depends_on: {{ ref('int_duplicate_invoice_lines') }}
-- depends_on: {{ ref('int_cancellation_pairs') }}
with read_days as (

    select * from {{ ref('int_read_days') }}

),

final as (

    select distinct
        row_key,
        typed_key
    from read_days

)

select * from final
