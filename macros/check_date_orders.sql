{#- Stop the build where the order of day and month is not clear from a file's dates, with three of them. -#}
{% macro check_date_orders(date_orders, invoice_rows) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set open_files = run_query(
        'select source_file, dmy_lines from ' ~ date_orders
        ~ ' where date_order is null and dmy_lines + mdy_lines + unclear_lines > 0 order by source_file'
    ).rows -%}
    {%- if open_files -%}
        {%- set message = ['It is not clear whether the day or the month stands first in the dates of:'] -%}
        {%- for file in open_files[:10] -%}
            {%- set examples = run_query(
                'select distinct invoiced_at from ' ~ invoice_rows ~ ' where source_file = ' ~ segmentation.sql_text(file['source_file'])
                ~ ' and ' ~ segmentation.parse_iso_timestamp('invoiced_at') ~ ' is null'
                ~ ' and ' ~ segmentation.date_number('invoiced_at', 1) ~ ' is not null'
                ~ ' order by ' ~ segmentation.date_number('invoiced_at', 1) ~ ' desc, invoiced_at limit 3'
            ).columns[0].values() -%}
            {%- do message.append(
                '  ' ~ file['source_file'] ~ ': ' ~ examples | join(', ')
                ~ (' (some can only be read one way, some only the other)' if file['dmy_lines'] else '')
            ) -%}
        {%- endfor -%}
        {%- do message.append("Say it: --vars '{date_order: dmy}' where the day stands first, mdy where the month does.") -%}
        {{ segmentation.stop_build(message) }}
    {%- endif -%}
{%- endmacro %}
