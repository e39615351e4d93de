{#- The text of a JSON object, of names and values in turns. -#}
{% macro json_object(pairs) -%}
    {{ return(adapter.dispatch('json_object', 'segmentation')(pairs)) }}
{%- endmacro %}

{% macro default__json_object(pairs) -%}
    cast(json_object({{ pairs | join(', ') }}) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro spark__json_object(pairs) -%}
    to_json(named_struct({{ pairs | join(', ') }}), map('ignoreNullFields', 'false'))
{%- endmacro %}
