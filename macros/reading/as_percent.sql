{#- A number as text with the sign of per cent behind it; null and empty text as they are. -#}
{% macro as_percent(text) -%}
    case when trim({{ text }}) <> '' and right(trim({{ text }}), 1) <> '%' then trim({{ text }}) || '%' else {{ text }} end
{%- endmacro %}
