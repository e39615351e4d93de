{#-
    An identifier, from text without outer white space: 17850.0 and 17,850, which spreadsheets make of the number 17850, are
    17850, and so is what is guarded against them: '17850 and ="17850". Leading zeros stay.
-#}
{% macro clean_id(text) -%}
    case
        when {{ text }} like '%.0' or {{ text }} like '%.00'
            then {{ segmentation.replace_pattern(text, '^([0-9]+)[.]00?$', '\\1') }}
        when {{ text }} like '%,%' and {{ segmentation.matches_pattern(text, '^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:[.]00?)?$') }}
            then {{ segmentation.replace_pattern(text, ',|[.]0+$', '') }}
        else {{ segmentation.unguarded(text) }}
    end
{%- endmacro %}
