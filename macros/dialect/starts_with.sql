{#- Whether a text begins with a prefix; false for an empty prefix. -#}
{% macro starts_with(column, prefix) -%}
    {%- if prefix -%}
    {{ adapter.dispatch('starts_with', 'segmentation')(column, prefix) }}
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}

{% macro default__starts_with(column, prefix) -%}
    starts_with({{ column }}, {{ segmentation.sql_text(prefix) }})
{%- endmacro %}

{% macro spark__starts_with(column, prefix) -%}
    startswith({{ column }}, {{ segmentation.sql_text(prefix) }})
{%- endmacro %}
