{#- An aggregate: texts one behind the other, with a separator in between, in an order. -#}
{% macro joined_text(text, separator, order) -%}
    {{ return(adapter.dispatch('joined_text', 'segmentation')(text, separator, order)) }}
{%- endmacro %}

{% macro default__joined_text(text, separator, order) -%}
    string_agg({{ text }}, {{ segmentation.sql_text(separator) }} order by {{ order }})
{%- endmacro %}

{% macro spark__joined_text(text, separator, order) -%}
    listagg({{ text }}, {{ segmentation.sql_text(separator) }}) within group (order by {{ order }})
{%- endmacro %}
