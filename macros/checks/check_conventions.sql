{#- Stop the build where it is not clear how a file writes its dates or numbers, with three of them. -#}
{% macro check_conventions(conventions, invoice_rows, invoice_files) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set message = [] -%}
    {%- set date_text = segmentation.clean_text('invoiced_at') -%}
    {%- do segmentation.ask_about_files(message, conventions, invoice_rows, invoice_files, {
        'question': 'It is not clear whether the day or the month stands first in the dates of:',
        'is_open': 'date_order is null and dmy_lines + mdy_lines + unclear_date_lines > 0',
        'contradicts': 'dmy_lines > 0',
        'value': date_text,
        'is_example': 'not ' ~ segmentation.begins_with_year(date_text) ~ ' and ' ~ segmentation.date_number(date_text, 1) ~ ' is not null',
        'order': segmentation.date_number(date_text, 1) ~ ' desc, ' ~ date_text,
        'remedy': "Say it: --vars '{date_order: dmy}' where the day stands first, mdy where the month does."
    }) -%}
    {%- set number_text = 'coalesce(unit_price, ' ~ segmentation.other_field('amount') ~ ', quantity)' -%}
    {%- do segmentation.ask_about_files(message, conventions, invoice_rows, invoice_files, {
        'question': 'It is not clear whether the comma or the point is the decimal mark in the numbers of:',
        'is_open': 'decimal_mark is null',
        'contradicts': 'comma_lines > 0',
        'value': number_text,
        'is_example': number_text ~ " like '%,%' or " ~ number_text ~ " like '%.%'",
        'order': "case when " ~ number_text ~ " like '%,%' then 0 else 1 end, " ~ number_text,
        'remedy': "Say it: --vars \"{decimal_mark: ','}\" where 1,234 is a little more than one, '.' where it is a thousand and more."
    }) -%}
    {%- if message -%}
        {{ segmentation.stop_build(message) }}
    {%- endif -%}
{%- endmacro %}
