{#-
    A date whose month is named, such as Jan-02-23, 2. März 2024 or 2023-May-05 10:30, as day/month/year with its time; any
    other text as it is. A number of four digits is the year, else the last one is.
-#}
{% macro date_in_numbers(text, month) -%}
    {%- set clock = '[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: *[AaPp][Mm])?' -%}
    {%- set date = segmentation.replace_pattern(text, clock, '') -%}
    {%- set year = segmentation.extract_pattern(date, '[0-9]{4}') -%}
    {%- set day = segmentation.extract_pattern(segmentation.replace_pattern(date, '[0-9]{4}', ''), '[0-9]{1,2}') -%}
    {%- set last = segmentation.extract_pattern(date, '^[^0-9]*[0-9]+[^0-9]+([0-9]+)', 1) -%}
    case
        when {{ month }} is null then {{ text }}
        else {{ day }} || '/' || {{ month }} || '/' || coalesce(nullif({{ year }}, ''), {{ last }})
            || rtrim(' ' || {{ segmentation.extract_pattern(text, clock) }})
    end
{%- endmacro %}
