{#- How a replacement refers to the first group of a regular expression. -#}
{% macro first_group() -%}
    {{ return(adapter.dispatch('first_group', 'segmentation')()) }}
{%- endmacro %}

{% macro default__first_group() -%}
    '\1'
{%- endmacro %}

{% macro spark__first_group() -%}
    '$1'
{%- endmacro %}
