{{
    config(
        post_hook="{{ segmentation.check_lines(
            this, ref('int_file_invoice_days'), ref('int_classified_lines'), ref('base_invoice_rows'), ref('stg_files'),
            ref('document_types')
        ) }}"
    )
}}

with amount_evidence as (

    select * from {{ ref('int_amount_evidence') }}

),

copy_evidence as (

    select * from {{ ref('int_copy_evidence') }}

),

invoice_number_evidence as (

    select * from {{ ref('int_invoice_number_evidence') }}

),

customer_evidence as (

    select * from {{ ref('int_customer_evidence') }}

),

date_evidence as (

    select * from {{ ref('int_date_evidence') }}

),

final as (

    {%- for evidence in [
        'amount_evidence', 'copy_evidence', 'invoice_number_evidence', 'customer_evidence', 'date_evidence'
    ] %}

    select
        source_file,
        assumption,
        assumed,
        lines_for,
        lines_against,
        decided_by,
        explanation
    from {{ evidence }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
