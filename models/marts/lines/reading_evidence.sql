with file_evidence as (

    select * from {{ ref('int_file_evidence') }}

),

line_evidence as (

    select * from {{ ref('int_line_evidence') }}

),

attribute_evidence as (

    select * from {{ ref('int_attribute_evidence') }}

),

files as (

    select * from {{ ref('stg_files') }}

),

invoice_days as (

    select * from {{ ref('int_invoice_days') }}

),

-- Copies are taken away, and what an export marks as returned is added.
fates as (

    select
        files.source_file,
        'lines' as assumption,
        coalesce(invoice_days.line_type, invoice_days.reason) as assumed,
        sum(invoice_days.line_count) as lines_for,
        cast(null as bigint) as lines_against,
        'file' as decided_by,
        case when invoice_days.line_type is null then 'lines that were rejected, ' else 'lines that count as this, ' end
        || 'worth ' || coalesce(sum(invoice_days.amount), 0) as explanation
    from invoice_days
    inner join files on invoice_days.load_key = files.load_key
    group by
        files.source_file,
        invoice_days.line_type,
        invoice_days.reason

),

final as (

    {%- for evidence in ['file_evidence', 'line_evidence', 'attribute_evidence', 'fates'] %}

    select
        cast(source_file as {{ dbt.type_string() }}) as source_file,
        cast(assumption as {{ dbt.type_string() }}) as assumption,
        cast(assumed as {{ dbt.type_string() }}) as assumed,
        cast(lines_for as bigint) as lines_for,
        cast(lines_against as bigint) as lines_against,
        cast(decided_by as {{ dbt.type_string() }}) as decided_by,
        cast(explanation as {{ dbt.type_string() }}) as explanation
    from {{ evidence }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
