{#-
    Stop the build if more lines were rejected than max_rejected_share allows, with the reasons and three lines of each. Copies of other
    lines, marks, orders that were never paid and erased customers do not count: they are no fault.
-#}
{% macro check_rejected_lines(invoice_days, lines, invoice_rows, files) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set limit = var('max_rejected_share') | float -%}
    {%- set line_count = run_query(
        'select coalesce(sum(line_count), 0) as line_count from ' ~ invoice_days ~ " where part <> 'duplicate'"
    ).rows[0]['line_count'] | int -%}
    {%- set reasons = run_query(
        'select reason, sum(line_count) as line_count from ' ~ invoice_days ~ ' where reason is not null'
        ~ " and reason not in ('order_mark', 'never_paid', 'erased') group by reason order by line_count desc, reason"
    ).rows -%}
    {%- set rejected = reasons | sum(attribute='line_count') -%}
    {%- if rejected > limit * line_count -%}
        {%- set message = [
            rejected ~ ' of ' ~ line_count ~ ' lines were rejected, more than max_rejected_share (' ~ limit ~ ') allows:'
        ] -%}
        {%- for reason in reasons -%}
            {%- do message.append('  ' ~ reason['line_count'] ~ ' ' ~ reason['reason'] ~ ', for example:') -%}
            {%- set examples -%}
                select found.source_file, found.source_row, {{ segmentation.raw_text('placed_rows') }} as raw_text
                from (
                    select load_key, source_file, source_row
                    from {{ lines }}
                    where reason = {{ segmentation.sql_text(reason['reason']) }} and not is_derived
                    order by source_file, source_row
                    limit 3
                ) as found
                inner join {{ files }} as files on found.load_key = files.load_key
                inner join (select *, {{ segmentation.row_position() }} as row_position from {{ invoice_rows }}) as placed_rows
                    on found.load_key = placed_rows.load_key
                    and found.source_row = coalesce(
                        placed_rows.source_row, placed_rows.row_position - files.first_position + files.first_source_row
                    )
                order by found.source_file, found.source_row
            {%- endset -%}
            {%- for line in run_query(examples) -%}
                {%- do message.append('    ' ~ line['source_file'] ~ ' row ' ~ line['source_row'] ~ ': ' ~ line['raw_text'][:120]) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do message.append(
            'Shown are invoice, product, description, quantity, price, date, customer and country as they were read: check that'
            ~ ' they are the right columns (column_map), and how numbers and dates are written (decimal_mark, date_order).'
        ) -%}
        {%- do message.append('All of them are in marts.rejected_invoice_lines. If they should be left out, raise max_rejected_share.') -%}
        {{ segmentation.stop_build(message) }}
    {%- endif -%}
{%- endmacro %}
