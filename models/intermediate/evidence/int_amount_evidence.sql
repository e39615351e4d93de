{%- set setting = var('line_amounts') -%}

with file_totals as (

    select * from {{ ref('stg_file_totals') }}
    where agreed_amounts + disagreed_amounts > 0

),

final as (

    select
        source_file,
        'line_amounts' as assumption,
        '{{ setting or 'file' }}' as assumed,
        agreed_amounts as lines_for,
        disagreed_amounts as lines_against,
        {%- if setting %}
        'setting' as decided_by,
        {%- else %}
        case
            when
                disagreed_amounts >= 3
                and disagreed_amounts > 0.05 * (agreed_amounts + disagreed_amounts) then 'nothing'
            else 'file'
        end as decided_by,
        {%- endif %}
        case
            when disagreed_amounts > 0
                then
                    'quantity and price give another amount than the file has on ' || disagreed_amounts || ' of '
                    || (agreed_amounts + disagreed_amounts) || ' lines, such as row ' || disagreed_row
            else 'quantity and price give the amount of each line'
        end as explanation
    from file_totals

)

select * from final
