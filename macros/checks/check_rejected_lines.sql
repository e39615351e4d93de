{#-
    Stop the build where more lines were rejected than max_rejected_share allows, with the reasons and three lines
    of each. Copies of other lines, marks, orders that were never paid and erased customers do not count: they are no fault.
-#}
{% macro check_rejected_lines(invoice_days, rejected_lines) -%}
    {%- set limit = var('max_rejected_share') | float(-1) -%}
    {%- if execute and not 0 <= limit <= 1 -%}
        {{ segmentation.stop_build(['max_rejected_share is ' ~ var('max_rejected_share') ~ '; it must be a share from 0 to 1, such as 0.05.']) }}
    {%- endif -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set line_count = run_query(
        'select coalesce(sum(line_count), 0) as line_count from ' ~ invoice_days ~ " where part <> 'duplicate'"
    ).rows[0]['line_count'] | int -%}
    {%- set reasons = run_query(
        'select reason, count(*) as line_count from ' ~ rejected_lines
        ~ " where reason not in ('duplicate', 'order_mark', 'never_paid', 'erased') group by reason order by line_count desc, reason"
    ).rows -%}
    {%- set rejected = reasons | sum(attribute='line_count') -%}
    {%- if rejected > limit * line_count -%}
        {%- set message = [
            rejected ~ ' of ' ~ line_count ~ ' lines were rejected, more than max_rejected_share (' ~ limit ~ ') allows:'
        ] -%}
        {%- for reason in reasons -%}
            {%- do message.append('  ' ~ reason['line_count'] ~ ' ' ~ reason['reason'] ~ ', for example:') -%}
            {%- set examples = run_query(
                'select source_file, source_row, raw_text from ' ~ rejected_lines
                ~ ' where reason = ' ~ segmentation.sql_text(reason['reason']) ~ ' order by source_file, source_row limit 3'
            ) -%}
            {%- for line in examples -%}
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
