{#- The number of a row that the database reads itself; null where its place in the table tells it. -#}
{% macro read_row_number() -%}
    {{ return(adapter.dispatch('read_row_number', 'segmentation')()) }}
{%- endmacro %}

{% macro default__read_row_number() -%}
    cast(null as bigint)
{%- endmacro %}

{% macro spark__read_row_number() -%}
    cast(_number as bigint)
{%- endmacro %}
