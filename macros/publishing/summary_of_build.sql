{#- What was built, as a list of headings and lines. -#}
{% macro summary_of_build(outcome, warnings) -%}
    {%- set files = run_query(
        'select count(*) as file_count, sum(rows_read) as rows_read, sum(rows_accepted) as rows_accepted, '
        ~ 'sum(rows_rejected) as rows_rejected from ' ~ segmentation.node_relation('load_audit')
    ).rows[0] -%}
    {%- set read = run_query(
        'select count(*) as file_count from ' ~ segmentation.node_relation('base_invoice_files') ~ ' where '
        ~ segmentation.is_pending()
    ).rows[0] -%}
    {%- set reasons = [] -%}
    {%- for row in run_query(
        'select reason, count(*) as line_count from ' ~ segmentation.node_relation('int_rejected_invoice_lines')
        ~ ' group by reason order by line_count desc, reason limit 3'
    ) -%}
        {%- do reasons.append('{:,} '.format(row['line_count'] | int) ~ row['reason']) -%}
    {%- endfor -%}
    {%- set customers = run_query(
        'select count(*) as customer_count, cast(max(as_of_date) as varchar(10)) as as_of_date from '
        ~ segmentation.node_relation('customer_segments')
    ).rows[0] -%}
    {%- set segments = [] -%}
    {%- for row in run_query(
        'select segment, count(*) as customers from ' ~ segmentation.node_relation('customer_segments')
        ~ ' group by segment order by customers desc, segment'
    ) -%}
        {%- do segments.append(
            row['segment'] ~ ' {:,}'.format(row['customers'] | int) ~ ' (%.0f %%)' | format(100 * row['customers'] / customers['customer_count'])
        ) -%}
    {%- endfor -%}
    {%- set summary = [
        ['files', '{:,}, '.format(files['file_count'] | int) ~ read['file_count'] | int ~ ' read in this build'],
        ['lines', '{:,} accepted, {:,} rejected'.format(files['rows_accepted'] | int, files['rows_rejected'] | int)
            ~ (' (%.1f %%: ' | format(100 * files['rows_rejected'] / files['rows_read']) ~ reasons | join(', ') ~ ')' if reasons else '')],
        ['customers', '{:,}'.format(customers['customer_count'] | int) ~ ' as of ' ~ customers['as_of_date']],
        ['segments', segments | join(', ')]
    ] -%}
    {%- if outcome['changes'] -%}
        {%- set changes = outcome['changes'] -%}
        {%- do summary.append(['changes', 'since version ' ~ outcome['before'] ~ ':']) -%}
        {%- do summary.append(['',
            segmentation.count_of(changes['customers_gained'], 'new customer') ~ ', '
            ~ '{:,} gone, {:,} in another segment'.format(changes['customers_lost'], changes['customers_moved'])
        ]) -%}
        {%- do summary.append(['',
            segmentation.count_of(changes['files_gained'], 'new file') ~ ', '
            ~ '{:,} gone, {:,} changed'.format(changes['files_lost'], changes['files_changed'])
        ]) -%}
    {%- endif -%}
    {%- do summary.append(['warnings', warnings | length if warnings else 'none']) -%}
    {%- for warning in warnings[:10] -%}
        {%- do summary.append(['', warning]) -%}
    {%- endfor -%}
    {%- if warnings | length > 10 -%}
        {%- do summary.append(['', '… and ' ~ (warnings | length - 10) ~ ' more']) -%}
    {%- endif -%}
    {{ return(summary) }}
{%- endmacro %}
