{#-
    The type of the money of a line, an invoice, a day or a customer. It fits into 64 bits: DuckDB takes a hundred times as long to read
    stored decimals of more than 18 digits.
-#}
{% macro type_money() -%}
    decimal(18, 4)
{%- endmacro %}
