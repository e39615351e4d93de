{#- Whether the header of a field says that its numbers are per cent. -#}
{% macro is_header_of_percent(file, field) -%}
    {%- set header = (fromjson(file['headers'])[fromjson(file['positions'])[field]] or '') | lower -%}
    {{ return('%' in header or 'percent' in header or 'prozent' in header or 'pct' in header) }}
{%- endmacro %}
