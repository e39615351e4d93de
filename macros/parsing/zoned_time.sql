{#- The text of a time with an offset from UTC, as databases read it: no blank before the offset, and seconds. -#}
{% macro zoned_time(column) -%}
    {{ segmentation.replace_pattern(
        segmentation.replace_pattern(column, '\\s+([+-])', '\\1'), '(T|\\s)(\\d\\d:\\d\\d)(Z|[+-])', '\\1\\2:00\\3'
    ) }}
{%- endmacro %}
