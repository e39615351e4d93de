{#- A regular expression for a currency beside an amount: a sign, a code of three letters or a usual short form. -#}
{% macro currency_pattern() -%}
    (?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Ft|Rs\.?|Fr\.?|lei)?
{%- endmacro %}
