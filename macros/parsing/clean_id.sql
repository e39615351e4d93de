{#-
    An identifier, from text without outer white space: 17850.0, which spreadsheets make of the number 17850, is
    17850. Leading zeros stay.
-#}
{% macro clean_id(text) -%}
    case
        when {{ text }} like '%.0' then {{ segmentation.replace_pattern(text, '^([0-9]+)[.]0$', '\\1') }}
        else {{ text }}
    end
{%- endmacro %}
