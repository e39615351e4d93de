{#- A category and how many times as often a segment buys from it, in words, of a row of segment_categories. -#}
{% macro liked_category() -%}
    left(category, 60) || ' (' || {{ segmentation.number_as_text('cast(times_as_frequent as decimal(18, 1))') }} || ' times as often)'
{%- endmacro %}
