{#- A set that holds a number from 0 to 62, as the bits of a whole number; null for any other. -#}
{% macro bit_of(number) -%}
    case when {{ number }} between 0 and 62 then cast(power(2, {{ number }}) as bigint) end
{%- endmacro %}
