{#- Text without outer white space; null where nothing is left. -#}
{% macro clean_text(column) -%}
    {{ return(adapter.dispatch('clean_text', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__clean_text(column) -%}
    nullif(trim({{ column }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '')
{%- endmacro %}

{% macro spark__clean_text(column) -%}
    nullif(trim(both concat(' ', char(9), char(10), char(13), char(160)) from {{ column }}), '')
{%- endmacro %}
