{#-
    A text without what guards it against spreadsheets: an apostrophe before it, or an equals sign before its quotation marks.
    '-12.50 is -12.50, and ="000114" is 000114.
-#}
{% macro unguarded(text) -%}
    case
        when {{ segmentation.starts_with(text, "'") }} or {{ segmentation.starts_with(text, '="') }}
            then nullif({{ segmentation.replace_pattern(text, '^(?:\'|="\\s*)|"$', '') }}, '')
        else {{ text }}
    end
{%- endmacro %}
