{#-
    Whether one of some numbers can only be read with this decimal mark: 12,50, 0,125, 45,0000, 1490,000, 12, (of 12,-) and 1.234,56 with a
    comma. In 1,234 it may be either.
-#}
{% macro shows_decimal_mark(texts, mark, other) -%}
    {%- set patterns = [
        '%' ~ mark, '%' ~ mark ~ '_', '%' ~ mark ~ '__', '0' ~ mark ~ '%', '%' ~ other ~ '%' ~ mark ~ '%', '%' ~ other ~ '%' ~ other ~ '%'
    ] -%}
    (
        {%- for text in texts -%}
        {%- for pattern in patterns %}
        {{ text }} like '{{ pattern }}' or
        {%- endfor %}
        (
            ({{ text }} like '%{{ mark }}____%' or {{ text }} like '____%{{ mark }}___' and {{ text }} >= '0') and {{ text }} not like '%{{ mark }}%{{ mark }}%' and {{ text }} not like '%{{ other }}%'
        ){{ ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
