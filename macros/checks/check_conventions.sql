{#-
    Stop the build if it is not clear how a file writes its dates, numbers or discounts, with three of them, or if the lines are in
    several currencies and exchange_rates does not say what they are worth. All questions are asked at once.
-#}
{% macro check_conventions(files, evidence, invoice_rows) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set message = [] -%}
    {%- set date_text = segmentation.clean_text('invoiced_at') -%}
    {%- do segmentation.ask_about_files(message, files, invoice_rows, {
        'question': 'It is not clear which number is the day, the month and the year in the dates of:',
        'is_open': 'date_order is null and dmy_lines + mdy_lines + unclear_date_lines + ymd_lines > 0',
        'contradicts': 'dmy_lines > 0 and mdy_lines > 0',
        'value': date_text,
        'is_example': 'not ' ~ segmentation.begins_with_year(date_text) ~ ' and ' ~ segmentation.date_number(date_text, 1) ~ ' is not null',
        'order': segmentation.date_number(date_text, 1) ~ ' desc, ' ~ date_text,
        'remedy': "Say it: --vars '{date_order: dmy}' if the day is first, mdy if the month is, ymd if the year is."
    }) -%}
    {%- set number_text = 'coalesce(unit_price, ' ~ segmentation.other_field('amount') ~ ', quantity)' -%}
    {%- do segmentation.ask_about_files(message, files, invoice_rows, {
        'question': 'It is not clear whether the comma or the point is the decimal mark in the numbers of:',
        'is_open': 'decimal_mark is null',
        'contradicts': 'comma_lines > 0 and point_lines > 0',
        'value': number_text,
        'is_example': number_text ~ " like '%,%' or " ~ number_text ~ " like '%.%'",
        'order': "case when " ~ number_text ~ " like '%,%' then 0 else 1 end, " ~ number_text,
        'remedy': "Say it: --vars \"{decimal_mark: ','}\" if 1,234 is a little more than one and 15.000 is fifteen thousand; '.' if 1,234 is a"
            ~ ' thousand and more and 15.000 is fifteen. The other mark stands between thousands.'
    }) -%}
    {%- set discount_text = segmentation.other_field('discount') -%}
    {%- do segmentation.ask_about_files(message, files, invoice_rows, {
        'question': 'It is not clear whether discounts that are taken off have a minus in:',
        'is_open': 'discount_sign is null and positive_discount_lines + negative_discount_lines > 0',
        'contradicts': 'positive_discount_lines > 0 and negative_discount_lines > 0',
        'value': discount_text,
        'is_example': segmentation.matches_pattern(discount_text, '[1-9]'),
        'order': discount_text,
        'remedy': "Say it: --vars '{discount_sign: positive}' if 2.50 is taken off and -2.50 is added, negative if it is the other way round."
    }) -%}
    {%- set currencies = run_query(
        'select currency, sum(line_count) as line_count from ' ~ evidence
        ~ ' where currency is not null group by currency order by line_count desc, currency'
    ).rows if not var('exchange_rates') else [] -%}
    {%- if currencies | length > 1 -%}
        {%- do message.append('The lines are in several currencies, whose amounts can\'t be added up:') -%}
        {%- for row in currencies[:10] -%}
            {%- do message.append('  ' ~ row['currency'] ~ ': ' ~ row['line_count'] ~ ' lines') -%}
        {%- endfor -%}
        {%- do message.append(
            "Say what each is worth in the shop's own: --vars '{exchange_rates: {" ~ currencies[0]['currency'] ~ ": 1, "
            ~ currencies[1]['currency'] ~ ": 0.9}}'. Lines in a currency that is left out are rejected."
        ) -%}
    {%- endif -%}
    {%- if message -%}
        {{ segmentation.ask(message) }}
    {%- endif -%}
{%- endmacro %}
