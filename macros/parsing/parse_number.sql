{#-
    A number from text, or null. The decimal mark of the file says what a comma and a point mean: 1,234.50 or
    1.234,50. Thousands may be set apart by blanks or apostrophes too, a currency may be before or after it, and a
    number in brackets, or with a minus before or after it, is negative.
-#}
{% macro parse_number(text, decimal_mark, type) -%}
    case
        when {{ decimal_mark }} = ',' then {{ segmentation.parse_written_number(text, ',', '.', type) }}
        else coalesce(
            {{ segmentation.safe_cast(text, type) }},
            {{ segmentation.parse_written_number(text, '.', ',', type) }}
        )
    end
{%- endmacro %}
