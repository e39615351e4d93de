{#- Whether the text of a time ends with an offset from UTC, such as Z, +02:00 or -0500; only where the year comes first. -#}
{% macro has_utc_offset(column) -%}
    {#- Behind the date and the hour nothing else has such a sign. -#}
    {%- set rest = 'substr(' ~ column ~ ', 14)' -%}
    (
        length({{ column }}) > 16
        and ({{ rest }} like '%+%' or {{ rest }} like '%-%' or {{ rest }} like '%Z' or {{ rest }} like '%UTC')
        and {{ segmentation.begins_with_year(column) }}
    )
{%- endmacro %}
