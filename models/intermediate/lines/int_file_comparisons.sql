-- Last of the models that compare the lines of a file with those of all others: a build that is killed before it does
-- so again.
-- depends_on: {{ ref('int_duplicate_invoice_lines') }}
-- depends_on: {{ ref('int_cancellation_pairs') }}
with file_invoice_days as (

    select * from {{ ref('int_file_invoice_days') }}

),

final as (

    select distinct
        classified_key,
        typed_key
    from file_invoice_days

)

select * from final
