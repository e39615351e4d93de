{#-
    Whether one of some numbers can only be read with this decimal mark: 12,50 and 1.234,56 with a comma. In 1,234 it
    may be either.
-#}
{% macro shows_decimal_mark(texts, mark, other) -%}
    {%- set patterns = ['%' ~ mark ~ '_', '%' ~ mark ~ '__', '%' ~ other ~ '%' ~ mark ~ '%', '%' ~ other ~ '%' ~ other ~ '%'] -%}
    (
        {%- for text in texts -%}
        {%- set is_last_text = loop.last -%}
        {%- for pattern in patterns %}
        {{ text }} like '{{ pattern }}'{{ ' or' if not (loop.last and is_last_text) }}
        {%- endfor %}
        {%- endfor %}
    )
{%- endmacro %}
