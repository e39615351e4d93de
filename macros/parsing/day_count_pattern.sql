{#- A regular expression for a day as spreadsheets count them, from 1954 to 2119, with the time as its fraction: 45292.604. -#}
{% macro day_count_pattern() -%}
    {{ return('^[2-7][0-9]{4}([.,][0-9]+)?$') }}
{%- endmacro %}
