{#- What is left of a number's text without signs, currencies and blanks; a plain number as it is. -#}
{% macro number_text(column) -%}
    {{ return(adapter.dispatch('number_text', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__number_text(column) -%}
    case
        when {{ segmentation.safe_cast(column, 'double') }} is not null then {{ column }}
        else regexp_replace({{ column }}, '[^0-9.,]+', '', 'g')
    end
{%- endmacro %}

{% macro spark__number_text(column) -%}
    regexp_replace({{ column }}, '[^0-9.,]+', '')
{%- endmacro %}
