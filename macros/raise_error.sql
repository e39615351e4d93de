{#- An expression that fails with a message. -#}
{% macro raise_error(message) -%}
    {{ return(adapter.dispatch('raise_error', 'segmentation')(message)) }}
{%- endmacro %}

{% macro default__raise_error(message) -%}
    error({{ segmentation.sql_text(message) }})
{%- endmacro %}

{% macro spark__raise_error(message) -%}
    raise_error({{ segmentation.sql_text(message) }})
{%- endmacro %}
