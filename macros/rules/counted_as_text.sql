{#- A number and what it counts: 1 day, 1.5 days, 1,200 days. -#}
{% macro counted_as_text(value, noun) -%}
    {{ segmentation.number_as_text(value) }}
    || case when {{ segmentation.number_as_text(value) }} = '1' then ' {{ noun }}' else ' {{ noun }}s' end
{%- endmacro %}
