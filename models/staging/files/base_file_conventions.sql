{%- set date_order = var('date_order') | lower -%}
{%- set decimal_mark = var('decimal_mark') -%}
{%- if date_order not in ['', 'mdy', 'dmy'] -%}
    {{ segmentation.stop_build(["date_order is '" ~ date_order ~ "'; it must be mdy or dmy, or '' to find it out."]) }}
{%- endif -%}
{%- if decimal_mark not in ['', '.', ','] -%}
    {{ segmentation.stop_build(["decimal_mark is '" ~ decimal_mark ~ "'; it must be '.' or ',', or '' to find it out."]) }}
{%- endif -%}

with evidence as (

    select * from {{ ref('base_file_evidence') }}

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

final as (

    select
        -- ids
        evidence.load_key,

        -- text
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
        end as decimal_mark,

        -- numerics
        evidence.dmy_lines,
        evidence.mdy_lines,
        evidence.unclear_date_lines,
        evidence.comma_lines,
        evidence.point_lines,
        evidence.lines_with_comma

    from evidence
    cross join evidence_of_all

)

select * from final
