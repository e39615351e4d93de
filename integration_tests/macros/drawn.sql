{#- A number from 0 to 1 that looks drawn and is the same in every build. -#}
{% macro drawn(customer, number) -%}
    ((({{ customer }} + 1) * 7919 + ({{ number }} + 1) * 104729 + ({{ customer }} + 1) * ({{ number }} + 1) * 1299) % 10007 / 10007)
{%- endmacro -%}
