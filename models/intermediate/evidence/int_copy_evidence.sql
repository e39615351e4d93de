{%- set setting = var('duplicate_lines') -%}

with duplicates as (

    select * from {{ ref('int_duplicate_invoice_lines') }}
    where typed_key = original_typed_key

),

file_totals as (

    select * from {{ ref('stg_file_totals') }}

),

-- The number of a row is in the number of its line.
copies as (

    select
        typed_key,
        count(*) as line_count,
        sum(abs(amount)) as amount,
        min_by(invoice_id, line_id) as example_invoice_id,
        min_by(source_row, line_id) as example_row,
        cast(floor(min_by(original_line_id, line_id) % 17179869184 / 4) as bigint) as example_original_row
    from duplicates
    group by typed_key

),

counted as (

    select
        file_totals.source_file,
        file_totals.line_count - coalesce(copies.line_count, 0) as line_count,
        coalesce(copies.line_count, 0) as copy_count,
        cast({{ segmentation.share_of('copies.amount', 'file_totals.absolute_amount') }} as double) as copied_share,
        copies.example_invoice_id,
        copies.example_row,
        copies.example_original_row
    from file_totals
    left join copies on file_totals.typed_key = copies.typed_key

),

final as (

    select
        source_file,
        'duplicate_lines' as assumption,
        '{{ setting or 'drop' }}' as assumed,
        line_count as lines_for,
        copy_count as lines_against,
        {%- if setting %}
        'setting' as decided_by,
        {%- else %}
        case
            when
                copy_count >= 10
                and (copy_count > 0.02 * (line_count + copy_count) or copied_share > 0.02) then 'nothing'
            else 'default'
        end as decided_by,
        {%- endif %}
        case
            when copy_count > 0
                then
                    copy_count || ' of ' || (line_count + copy_count) || ' lines, ' || round(100 * copied_share, 1)
                    || ' % of the money, are copies of others in all columns, such as row ' || example_row || ' of row '
                    || example_original_row || ' (' || example_invoice_id || ')'
            else 'no line is a copy of another in all columns'
        end as explanation
    from counted

)

select * from final
