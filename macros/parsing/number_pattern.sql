{#-
    A regular expression for the whole of a number's text as people write it, with a currency before or after it, a dash for no decimals
    (79.–) and the side of an account (45.00 CR). What guards it against spreadsheets may stand around it.
-#}
{% macro number_pattern(decimal_mark, group_mark) -%}
    {%- set digits = segmentation.digits_pattern(decimal_mark, group_mark) -%}
    {%- set currency = segmentation.currency_pattern() -%}
    {%- set side = '(?:[CD][Rr]|[cd]r|[SH])?[.]?' -%}
    {%- set space = '[\\s\\x{00a0}\\x{202f}]*' -%}
    ^(?:\x27|=")?{{ ['[(]?', '[-+−]?', currency, '[-+−]?', digits ~ '(?:[.,][-–—]{1,2})?', '-?', currency, '-?', '[)]?', side] | join(space) }}"?$
{%- endmacro %}
