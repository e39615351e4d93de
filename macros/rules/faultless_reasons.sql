{#- Reasons of lines that count for nothing and are no fault: no line of a sale is lost with them. -#}
{% macro faultless_reasons() -%}
    {{ return(['erased', 'order_mark', 'never_paid', 'superseded', 'repeated_header', 'total_row', 'order_row']) }}
{%- endmacro %}
