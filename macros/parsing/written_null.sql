{#- A text, or null where it only says that there is none, as query tools and spreadsheets write it. -#}
{% macro written_null(text) -%}
    case when {{ text }} not in ('NULL', 'null', '(null)', {{ segmentation.sql_text('\\N') }}, 'NaN', '#N/A') then {{ text }} end
{%- endmacro %}
