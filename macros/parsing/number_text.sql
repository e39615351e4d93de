{#- What is left of a number's text without signs, currencies and blanks; a plain number as it is. -#}
{% macro number_text(column) -%}
    case
        when {{ segmentation.safe_cast(column, 'double') }} is not null then {{ column }}
        else {{ segmentation.replace_pattern(column, '[^0-9.,]+', '') }}
    end
{%- endmacro %}
