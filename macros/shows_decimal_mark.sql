{#-
    Whether a number's text can only be read with this decimal mark: 12,50 and 1.234,56 with a comma. In 1,234 it may
    be either.
-#}
{% macro shows_decimal_mark(text, mark, other) -%}
    (
        {{ text }} like '%{{ mark }}_' or {{ text }} like '%{{ mark }}__' or {{ text }} like '%{{ other }}%{{ mark }}%'
        or {{ text }} like '%{{ other }}%{{ other }}%'
    )
{%- endmacro %}
