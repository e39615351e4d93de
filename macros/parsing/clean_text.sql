{#-
    A column's text without outer white space; null where nothing is left. Most values have none, and to look is six times as fast as
    to trim: a value before '!' is empty or begins with a blank, a tab, or the end of a line.
-#}
{% macro clean_text(column) -%}
    {{ return(adapter.dispatch('clean_text', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__clean_text(column) -%}
    case
        when
            {{ column }} < '!' or starts_with({{ column }}, chr(160))
            {%- for character in ["' '", 'chr(9)', 'chr(10)', 'chr(13)', 'chr(160)'] %}
            or ends_with({{ column }}, {{ character }})
            {%- endfor %}
            then {{ segmentation.trimmed(column) }}
        else {{ column }}
    end
{%- endmacro %}

{% macro spark__clean_text(column) -%}
    {{ segmentation.trimmed(column) }}
{%- endmacro %}
