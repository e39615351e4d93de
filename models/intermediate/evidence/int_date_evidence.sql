{%- set last_is_said = var('as_of_date') or var('last_plausible_date') | string != '2100-01-01' -%}
{%- set text = dbt.type_string() -%}
{%- set first_is_said = var('first_plausible_date') | string != '1970-01-01' -%}

with file_invoice_days as (

    select * from {{ ref('int_file_invoice_days') }}
    where line_type is not null

),

files as (

    select * from {{ ref('stg_files') }}

),

days as (

    select
        file_invoice_days.invoice_date,
        sum(file_invoice_days.line_count) as line_count,
        min(file_invoice_days.invoice_id) as invoice_id,
        min(files.source_file) as source_file
    from file_invoice_days
    inner join files on file_invoice_days.load_key = files.load_key
    group by file_invoice_days.invoice_date

),

gaps as (

    select
        *,
        lag(invoice_date) over (order by invoice_date) as date_before,
        count(*) over () as day_count,
        sum(line_count) over () as total_count,
        sum(line_count) over (order by invoice_date) as lines_up_to,
        row_number() over (order by invoice_date) as day_number
    from days

),

measured as (

    select
        *,
        {{ segmentation.days_between('date_before', 'invoice_date') }} as days_before
    from gaps
    where date_before is not null

),

ranked as (

    select
        *,
        row_number() over (order by days_before desc, invoice_date desc) as gap_rank,
        lead(days_before) over (order by days_before desc, invoice_date desc) as next_gap
    from measured

),

-- The longest gap, where it is far longer than the next, and hardly anything lies on one side of it.
stray as (

    select
        *,
        lines_up_to - line_count as lines_before,
        total_count - lines_up_to + line_count as lines_after
    from ranked
    where
        gap_rank = 1
        and day_count >= 20
        and days_before > 60
        and days_before > 5 * coalesce(next_gap, 0)

),

judged as (

    select
        *,
        case
            when lines_after <= 0.01 * total_count then 'last_date'
            when lines_before <= 0.01 * total_count then 'first_date'
        end as assumption
    from stray

),

edges as (

    select
        min(invoice_date) as first_date,
        max(invoice_date) as last_date,
        min_by(invoice_id, invoice_date) as first_invoice_id,
        max_by(invoice_id, invoice_date) as last_invoice_id,
        min_by(source_file, invoice_date) as first_source_file,
        max_by(source_file, invoice_date) as last_source_file
    from days

),

final as (

    select
        case judged.assumption when 'last_date' then edges.last_source_file else edges.first_source_file end
            as source_file,
        judged.assumption,
        cast(case judged.assumption when 'last_date' then edges.last_date else edges.first_date end as {{ text }})
            as assumed,
        case judged.assumption when 'last_date' then judged.lines_after else judged.lines_before end as lines_for,
        case judged.assumption when 'last_date' then judged.lines_before else judged.lines_after end as lines_against,
        case
            when judged.assumption = 'last_date' then {{ "'setting'" if last_is_said else "'nothing'" }}
            else {{ "'setting'" if first_is_said else "'nothing'" }}
        end as decided_by,
        judged.days_before || ' days without a line lie between '
        || case
            when judged.assumption = 'last_date'
                then
                    'the last day, ' || edges.last_date || ' (' || judged.lines_after || ' lines, such as '
                    || edges.last_invoice_id || '), and all days before'
            else
                'the first day, ' || edges.first_date || ' (' || judged.lines_before || ' lines, such as '
                || edges.first_invoice_id || '), and all days after'
        end || '; no other gap is longer than ' || coalesce(judged.next_gap, 0) || ' days' as explanation
    from judged
    cross join edges
    where judged.assumption is not null

)

select * from final
