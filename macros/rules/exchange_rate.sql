{#-
    What one unit of a currency is worth in the shop's, by the var exchange_rates; 1 where a line names no currency,
    null where the var does not name it.
-#}
{% macro exchange_rate(currency) -%}
    case
        when {{ currency }} is null then 1
        {%- for code, rate in (var('exchange_rates') if var('exchange_rates') is mapping else {}).items() %}
        when {{ currency }} = {{ segmentation.sql_text(code | upper) }} then cast({{ rate }} as decimal(14, 8))
        {%- endfor %}
    end
{%- endmacro %}
