{#- Whether a date in text seems to name its month: letters stand where its first, second or third number should. -#}
{% macro names_month(text) -%}
    (
        substr({{ text }}, 6, 1) > '9'
        or {{ segmentation.date_number(text, 1) }} is null
        or {{ segmentation.date_number(text, 2) }} is null
    )
    and {{ segmentation.month_word(text) }} <> ''
{%- endmacro %}
