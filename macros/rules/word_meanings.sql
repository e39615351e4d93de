{#- What words mean by a seed; what a setting says of them takes precedence. -#}
{% macro word_meanings(seed, word, meanings) -%}
    select
        {{ word }},
        meaning
    from {{ seed }}
    {%- if meanings %}
    where not {{ segmentation.is_one_of(word, meanings | map('lower') | list) }}
    {%- for text, meaning in meanings.items() %}
    union all
    select
        {{ segmentation.sql_text(text | lower) }} as {{ word }},
        {{ segmentation.sql_text(meaning) }} as meaning
    {%- endfor %}
    {%- endif %}
{%- endmacro %}
