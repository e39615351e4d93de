{#- A statement that lets a table go on whose rows were kept where they are: what was deleted of it is given back then. -#}
{% macro unpin_rows(rows) -%}
    {{ return(adapter.dispatch('unpin_rows', 'segmentation')(rows)) }}
{%- endmacro %}

{% macro default__unpin_rows(rows) -%}
    drop index if exists {{ adapter.quote(rows.schema) }}.pinned_rows
{%- endmacro %}

{% macro spark__unpin_rows(rows) -%}
{%- endmacro %}
