{#-
    What is left of a number's text without signs, currencies and blanks; a plain number as it is. A point behind a word, as in
    Rs. 1,092, is no mark of the number.
-#}
{% macro number_text(column) -%}
    case
        when {{ segmentation.safe_cast(column, 'double') }} is not null then {{ column }}
        else {{ segmentation.replace_pattern(segmentation.replace_pattern(column, '\\p{L}+[.]?', ''), '[^0-9.,]+', '') }}
    end
{%- endmacro %}
