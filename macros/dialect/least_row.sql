{#- An aggregate: the least of some columns together, compared one after another, as a struct with their names. -#}
{% macro least_row(columns) -%}
    {{ return(adapter.dispatch('least_row', 'segmentation')(columns)) }}
{%- endmacro %}

{% macro default__least_row(columns) -%}
    min(struct_pack({% for column in columns %}{{ column }} := {{ column }}{{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}

{% macro spark__least_row(columns) -%}
    min(struct({{ columns | join(', ') }}))
{%- endmacro %}
