{%- set given = var('date_order') | lower -%}
{%- if given not in ['', 'mdy', 'dmy'] -%}
    {{ segmentation.stop_build(["date_order is '" ~ given ~ "'; it must be mdy or dmy, or '' to find it out."]) }}
{%- endif -%}

with invoice_rows as (

    select
        source_file,
        {{ segmentation.clean_text('invoiced_at') }} as date_text
    from {{ ref('base_invoice_rows') }}

),

-- Dates such as 12/1/2010; a year that stands first leaves no doubt.
day_month_dates as (

    select
        source_file,
        {{ segmentation.date_number('date_text', 1) }} as first_number,
        {{ segmentation.date_number('date_text', 2) }} as second_number
    from invoice_rows
    where
        date_text is not null
        and {{ segmentation.parse_iso_timestamp('date_text') }} is null

),

evidence as (

    select
        source_file,
        sum(case when first_number between 13 and 31 and second_number between 1 and 12 then 1 else 0 end) as dmy_lines,
        sum(case when second_number between 13 and 31 and first_number between 1 and 12 then 1 else 0 end) as mdy_lines,
        sum(case when first_number between 1 and 12 and second_number between 1 and 12 then 1 else 0 end)
            as unclear_lines
    from day_month_dates
    group by source_file

),

-- A file of a single day may be unclear by itself: the others then speak for it, if they are of one mind.
evidence_of_all as (

    select
        sum(dmy_lines) as dmy_lines,
        sum(mdy_lines) as mdy_lines
    from evidence

),

final as (

    select
        -- text
        evidence.source_file,
        case
            when '{{ given }}' <> '' then '{{ given }}'
            when evidence.dmy_lines > 0 and evidence.mdy_lines = 0 then 'dmy'
            when evidence.mdy_lines > 0 and evidence.dmy_lines = 0 then 'mdy'
            when evidence.mdy_lines > 0 and evidence.dmy_lines > 0 then null
            when evidence_of_all.dmy_lines > 0 and evidence_of_all.mdy_lines = 0 then 'dmy'
            when evidence_of_all.mdy_lines > 0 and evidence_of_all.dmy_lines = 0 then 'mdy'
        end as date_order,

        -- numerics
        evidence.dmy_lines,
        evidence.mdy_lines,
        evidence.unclear_lines

    from evidence
    cross join evidence_of_all

)

select * from final
