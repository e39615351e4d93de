{#- Whether a text is one of a few; row by row, where a database might make a join of in (…) over all rows. -#}
{% macro is_one_of(text, values) -%}
    {{ return(adapter.dispatch('is_one_of', 'segmentation')(text, values)) }}
{%- endmacro %}

{% macro default__is_one_of(text, values) -%}
    list_contains(['{{ values | join("', '") }}'], {{ text }})
{%- endmacro %}

{% macro spark__is_one_of(text, values) -%}
    array_contains(array('{{ values | join("', '") }}'), {{ text }})
{%- endmacro %}
