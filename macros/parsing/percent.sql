{#- The number of a text such as 10 % or 12,5%; null if it is none. -#}
{% macro percent(text, decimal_mark) -%}
    {{ segmentation.parse_number(segmentation.replace_pattern(text, '\\s*%\\s*', ''), decimal_mark, 'decimal(9, 4)') }}
{%- endmacro %}
