{#- What clean_text gives, for an expression that is not to be written, and computed, several times. -#}
{% macro trimmed(expression) -%}
    {{ return(adapter.dispatch('trimmed', 'segmentation')(expression)) }}
{%- endmacro %}

{% macro default__trimmed(expression) -%}
    nullif(trim({{ expression }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '')
{%- endmacro %}

{% macro spark__trimmed(expression) -%}
    nullif(trim(both concat(' ', char(9), char(10), char(13), char(160)) from {{ expression }}), '')
{%- endmacro %}
