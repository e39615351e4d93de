{#-
    A field that has no column of its own, without outer white space; null where it is empty. Few shapes have such
    fields: the others are not made to pay for the look into them.
-#}
{% macro other_field(name, column='other_fields') -%}
    case
        when {{ column }} is not null
            then {{ segmentation.trimmed(adapter.dispatch('json_text', 'segmentation')(column, name)) }}
    end
{%- endmacro %}

{% macro default__json_text(column, name) -%}
    json_extract_string({{ column }}, '$.{{ name }}')
{%- endmacro %}

{% macro spark__json_text(column, name) -%}
    get_json_object({{ column }}, '$.{{ name }}')
{%- endmacro %}
