{#- Whether a text begins with a prefix; false for an empty prefix. -#}
{% macro starts_with(column, prefix) -%}
    {%- if prefix -%}
    left({{ column }}, {{ prefix | length }}) = {{ segmentation.sql_text(prefix) }}
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}
