{#- The first part of a text that a regular expression describes, or one of its groups; '' if there is none. -#}
{% macro extract_pattern(text, pattern, group=0) -%}
    regexp_extract({{ text }}, {{ segmentation.sql_text(pattern) }}, {{ group }})
{%- endmacro %}
