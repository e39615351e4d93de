{#- Stop the build where the lines are in several currencies and exchange_rates does not say what they are worth. -#}
{% macro check_currencies(file_currencies) -%}
    {%- if not segmentation.is_running() or var('exchange_rates') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set currencies = run_query(
        'select currency, sum(line_count) as line_count from ' ~ file_currencies
        ~ ' where currency is not null group by currency order by line_count desc, currency'
    ).rows -%}
    {%- if currencies | length > 1 -%}
        {%- set message = ['The lines are in several currencies, whose amounts can\'t be added up:'] -%}
        {%- for row in currencies[:10] -%}
            {%- do message.append('  ' ~ row['currency'] ~ ': ' ~ row['line_count'] ~ ' lines') -%}
        {%- endfor -%}
        {%- do message.append(
            "Say what each is worth in the shop's own: --vars '{exchange_rates: {" ~ currencies[0]['currency'] ~ ": 1, "
            ~ currencies[1]['currency'] ~ ": 0.9}}'. Lines in a currency that is left out are rejected."
        ) -%}
        {{ segmentation.stop_build(message) }}
    {%- endif -%}
{%- endmacro %}
