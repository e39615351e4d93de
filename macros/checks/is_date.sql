{#- Whether a text is a day of the calendar, written 2011-12-10. -#}
{% macro is_date(text) -%}
    {%- set parts = modules.re.fullmatch('([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', text) -%}
    {%- if not parts -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set year, month, day = parts.group(1) | int, parts.group(2) | int, parts.group(3) | int -%}
    {%- set is_leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
    {%- set days = [31, 29 if is_leap_year else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
    {{ return(year > 0 and day <= days[month - 1]) }}
{%- endmacro %}
