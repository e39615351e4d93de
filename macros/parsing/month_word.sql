{#-
    The word of a date that may name its month, in lower case: the last one of three letters or more before the time, which a
    weekday before it is not, nor a time zone behind it. '' if there is none.
-#}
{% macro month_word(text) -%}
    {{ segmentation.extract_pattern(
        segmentation.replace_pattern('lower(' ~ text ~ ')', '[0-9]{1,2}:[0-9]{2}.*', ''), '^(?:.*[^\\p{L}])?(\\p{L}{3,})', 1
    ) }}
{%- endmacro %}
