{#- A field that has no column of its own, without outer white space; null where it is empty. -#}
{% macro other_field(name, column='other_fields') -%}
    {{ segmentation.clean_text(adapter.dispatch('json_text', 'segmentation')(column, name)) }}
{%- endmacro %}

{% macro default__json_text(column, name) -%}
    json_extract_string({{ column }}, '$.{{ name }}')
{%- endmacro %}

{% macro spark__json_text(column, name) -%}
    get_json_object({{ column }}, '$.{{ name }}')
{%- endmacro %}
