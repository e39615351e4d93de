{#-
    Whether a day is one that programs write where they know none: the first of their calendars and the last of all, and the days
    beside them, which time zones make of them.
-#}
{% macro is_placeholder_date(date) -%}
    (
        {{ date }} < cast('1900-01-04' as date)
        or {{ date }} between cast('1903-12-31' as date) and cast('1904-01-02' as date)
        or {{ date }} between cast('1969-12-31' as date) and cast('1970-01-02' as date)
        or {{ date }} >= cast('9999-12-30' as date)
    )
{%- endmacro %}
