{#- A date that a var holds, as an expression of SQL; stops the build where it is none. -#}
{% macro date_setting(name) -%}
    {%- set value = var(name) | string -%}
    {%- set parts = modules.re.fullmatch('([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', value) -%}
    {%- set days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
    {%- set year = parts.group(1) | int if parts else 0 -%}
    {%- set is_leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
    {%- set month = parts.group(2) | int if parts else 1 -%}
    {%- set last_day = 29 if month == 2 and is_leap_year else days[month - 1] -%}
    {%- if not parts or parts.group(3) | int > last_day -%}
        {{ segmentation.stop_build([name ~ " is '" ~ value ~ "'; it must be a date such as 2011-12-10."]) }}
    {%- endif -%}
    cast('{{ value }}' as date)
{%- endmacro %}
