{#-
    Add to a message what was rejected, if that is more of the lines, the quantity, the money or the customers than max_rejected_share
    allows: the reasons, and three lines of each. What is no fault, such as copies or orders that were never paid, does not count.
-#}
{% macro report_rejected_lines(message, file_invoice_days, lines, invoice_rows, files) -%}
    {%- set limit = var('max_rejected_share') | float -%}
    {%- set is_fault = "coalesce(reason, '') not in ('', '" ~ segmentation.faultless_reasons() | join("', '") ~ "')" -%}
    {%- set counted = run_query(
        'select sum(line_count) as lines, sum(case when ' ~ is_fault ~ ' then line_count else 0 end) as rejected_lines, '
        ~ 'sum(absolute_quantity) as quantity, sum(case when ' ~ is_fault ~ ' then absolute_quantity else 0 end) as rejected_quantity, '
        ~ 'sum(abs(amount)) as money, sum(case when ' ~ is_fault ~ ' then abs(amount) else 0 end) as rejected_money from ' ~ file_invoice_days
    ).rows[0] -%}
    {%- if not counted['rejected_lines'] -%}
        {{ return('') }}
    {%- endif -%}
    {%- set customers = run_query(
        'select count(*) as customers, sum(case when has_fault and not is_left then 1 else 0 end) as lost_customers from ('
        ~ 'select customer_id, max(case when ' ~ is_fault ~ ' then 1 else 0 end) = 1 as has_fault, '
        ~ 'max(case when line_type is not null then 1 else 0 end) = 1 as is_left from ' ~ file_invoice_days
        ~ ' where customer_id is not null group by customer_id) as customers'
    ).rows[0] -%}
    {%- set shares = [] -%}
    {%- for noun, part, whole in [
        ('lines', counted['rejected_lines'], counted['lines']),
        ('units', counted['rejected_quantity'], counted['quantity']),
        ('of the money that could be read', counted['rejected_money'], counted['money']),
        ('customers, of whom nothing would be left,', customers['lost_customers'], customers['customers'])
    ] if whole and part | float > limit * (whole | float) -%}
        {%- do shares.append('{:,.0f} of {:,.0f} '.format(part | float, whole | float) ~ noun) -%}
    {%- endfor -%}
    {%- if not shares -%}
        {{ return('') }}
    {%- endif -%}
    {%- set reasons = run_query(
        'select reason, sum(line_count) as line_count from ' ~ file_invoice_days ~ ' where ' ~ is_fault
        ~ ' group by reason order by line_count desc, reason'
    ).rows -%}
    {%- do message.append(shares | join('; ') ~ ' were rejected, more than max_rejected_share (' ~ limit ~ ') allows:') -%}
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
    {%- do message.append(
        'All of them are in marts.rejected_invoice_lines. What they are worth and who bought it would be missing from all figures if'
        ~ ' max_rejected_share let them pass: mend the files first.'
    ) -%}
{%- endmacro %}
