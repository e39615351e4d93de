{{
    config(
        post_hook="{{ segmentation.check_conventions(
            this, ref('base_file_evidence'), ref('base_invoice_rows')
        ) }}"
    )
}}

{%- set date_order = var('date_order') | lower -%}
{%- set decimal_mark = var('decimal_mark') -%}

with file_rows as (

    select * from {{ ref('base_file_rows') }}

),

invoice_files as (

    select * from {{ ref('base_invoice_files') }}

),

evidence as (

    select
        load_key,
        sum(dmy_lines) as dmy_lines,
        sum(mdy_lines) as mdy_lines,
        sum(unclear_date_lines) as unclear_date_lines,
        sum(comma_lines) as comma_lines,
        sum(point_lines) as point_lines,
        sum(lines_with_comma) as lines_with_comma
    from {{ ref('base_file_evidence') }}
    group by load_key

),

-- A file of a single day may be unclear by itself: the others then speak for it, if they are of one mind.
evidence_of_all as (

    select
        sum(dmy_lines) as dmy_lines,
        sum(mdy_lines) as mdy_lines,
        sum(comma_lines) as comma_lines,
        sum(point_lines) as point_lines
    from evidence

),

conventions as (

    select
        evidence.*,
        case
            when '{{ date_order }}' <> '' then '{{ date_order }}'
            when evidence.dmy_lines > 0 and evidence.mdy_lines = 0 then 'dmy'
            when evidence.mdy_lines > 0 and evidence.dmy_lines = 0 then 'mdy'
            when evidence.mdy_lines > 0 and evidence.dmy_lines > 0 then null
            when evidence_of_all.dmy_lines > 0 and evidence_of_all.mdy_lines = 0 then 'dmy'
            when evidence_of_all.mdy_lines > 0 and evidence_of_all.dmy_lines = 0 then 'mdy'
        end as date_order,
        case
            when '{{ decimal_mark }}' <> '' then '{{ decimal_mark }}'
            when evidence.lines_with_comma = 0 then '.'
            -- A few numbers in the wrong writing are rejected as such; they do not change how the others are read.
            when evidence.comma_lines > 20 * evidence.point_lines then ','
            when evidence.point_lines > 20 * evidence.comma_lines then '.'
            when evidence_of_all.comma_lines > 0 and evidence_of_all.point_lines = 0 then ','
            when evidence_of_all.point_lines > 0 and evidence_of_all.comma_lines = 0 then '.'
        end as decimal_mark
    from evidence
    cross join evidence_of_all

),

final as (

    select
        -- ids
        file_rows.load_key,
        invoice_files.file_key,

        -- text
        invoice_files.source_file,
        invoice_files.shape,
        conventions.date_order,
        conventions.decimal_mark,

        -- numerics
        file_rows.first_position,
        invoice_files.header_row + 2 as first_source_row,
        conventions.dmy_lines,
        conventions.mdy_lines,
        conventions.unclear_date_lines,
        conventions.comma_lines,
        conventions.point_lines,
        conventions.lines_with_comma,

        -- booleans
        {%- for field in ['invoice_id', 'quantity', 'unit_price'] %}
        invoice_files.positions like '%"{{ field }}"%' as has_{{ field }},
        {%- endfor %}
        invoice_files.order_fields <> '[]' as has_order_fields

    from file_rows
    inner join invoice_files on file_rows.load_key = invoice_files.load_key
    left join conventions on file_rows.load_key = conventions.load_key

)

select * from final
