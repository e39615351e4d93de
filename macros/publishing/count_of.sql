{#- A number and what it counts, for messages: 1 file, 1,200 files. -#}
{% macro count_of(number, noun, nouns=none) -%}
    {{ return('{:,}'.format(number | int) ~ ' ' ~ (noun if number | int == 1 else nouns or noun ~ 's')) }}
{%- endmacro %}
