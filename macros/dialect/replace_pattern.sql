{#- A text with all that a regular expression describes replaced; \1 in the replacement is its first group. -#}
{% macro replace_pattern(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_pattern', 'segmentation')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ segmentation.sql_text(pattern) }}, {{ segmentation.sql_text(replacement) }}, 'g')
{%- endmacro %}

{% macro spark__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ segmentation.sql_text(pattern) }}, {{ segmentation.sql_text(replacement.replace('\\', '$')) }})
{%- endmacro %}
