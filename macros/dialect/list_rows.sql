{#- In a select: a row an element of a list of structs, with a column a field; no row of an empty list. -#}
{% macro list_rows(column) -%}
    {{ return(adapter.dispatch('list_rows', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__list_rows(column) -%}
    unnest({{ column }}, max_depth := 2)
{%- endmacro %}

{% macro spark__list_rows(column) -%}
    inline({{ column }})
{%- endmacro %}
