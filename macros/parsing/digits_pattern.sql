{#-
    A regular expression for the digits of a number as people write it: in groups of three, or in India of two before the
    last three (12,34,567).
-#}
{% macro digits_pattern(decimal_mark, group_mark) -%}
    {%- set groups = "[\\" ~ group_mark ~ "\\x27’ \\x{00a0}\\x{202f}]" -%}
    (?:(?:[0-9]{1,3}(?:{{ groups }}[0-9]{3})+|[0-9]{1,2}(?:\{{ group_mark }}[0-9]{2})+\{{ group_mark }}[0-9]{3}|[0-9]+)(?:\{{ decimal_mark }}[0-9]*)?|\{{ decimal_mark }}[0-9]+)
{%- endmacro %}
