{#-
    A regular expression for the whole of a number's text as people write it, with a currency before or after it. What guards it
    against spreadsheets may stand around it.
-#}
{% macro number_pattern(decimal_mark, group_mark) -%}
    {%- set digits = segmentation.digits_pattern(decimal_mark, group_mark) -%}
    {%- set currency = segmentation.currency_pattern() -%}
    {%- set space = '[\\s\\x{00a0}\\x{202f}]*' -%}
    ^(?:\x27|=")?{{ ['[(]?', '[-+−]?', currency, '[-+−]?', digits, '-?', currency, '-?', '[)]?'] | join(space) }}"?$
{%- endmacro %}
