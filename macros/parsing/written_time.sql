{#-
    A timestamp from the text of a date with slashes, of which the day, the month and the year are the numbers at these places, and of
    a time behind it if there is one; null if there is no such day or time. For databases whose formats know no choice.
-#}
{% macro written_time(text, day, month, year_place) -%}
    {%- set pattern = '^([0-9]+)/([0-9]+)/([0-9]+)(?: +([0-9]+):([0-9]+)(?::([0-9]+))?(?: +([AaPp])[Mm])?)? *$' -%}
    {%- set part = {} -%}
    {%- for name, group in {'day': day, 'month': month, 'year': year_place, 'hour': 4, 'minute': 5, 'second': 6, 'half': 7}.items() -%}
        {%- do part.update({name: segmentation.extract_pattern(text, pattern, group)}) -%}
    {%- endfor -%}
    {%- set year = segmentation.safe_cast(part['year'], 'int') -%}
    {%- set hour = segmentation.safe_cast("'0' || " ~ part['hour'], 'int') -%}
    {%- set full_year -%}
        case when length({{ part['year'] }}) > 2 then {{ year }} when {{ year }} < 69 then 2000 + {{ year }} else 1900 + {{ year }} end
    {%- endset -%}
    {%- set full_hour -%}
        case
            when {{ part['half'] }} = '' then {{ hour }}
            when {{ hour }} between 1 and 12 then {{ hour }} % 12 + case when lower({{ part['half'] }}) = 'p' then 12 else 0 end
        end
    {%- endset -%}
    try_make_timestamp(
        {{ full_year }},
        {{ segmentation.safe_cast(part['month'], 'int') }},
        {{ segmentation.safe_cast(part['day'], 'int') }},
        nullif({{ full_hour }}, 24),
        {{ segmentation.safe_cast("'0' || " ~ part['minute'], 'int') }},
        cast(nullif({{ segmentation.safe_cast("'0' || " ~ part['second'], 'int') }}, 60) as decimal(16, 6))
    )
{%- endmacro %}
