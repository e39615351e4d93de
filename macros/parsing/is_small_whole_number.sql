{#- Whether one of some numbers, but the first, which is a quantity, has neither a mark nor more than three digits. -#}
{% macro is_small_whole_number(texts) -%}
    (
        {%- for text in texts[1:] %}
        ({{ text }} not like '%.%' and length({{ text }}) <= 3){{ ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
