{#- A text literal of SQL, whatever the text holds. -#}
{% macro sql_text(value) -%}
    {{ return(adapter.dispatch('sql_text', 'segmentation')(value | string)) }}
{%- endmacro %}

{% macro default__sql_text(value) -%}
    '{{ value.replace("'", "''") }}'
{%- endmacro %}

{% macro spark__sql_text(value) -%}
    '{{ value.replace("\\", "\\\\").replace("'", "\\'") }}'
{%- endmacro %}
