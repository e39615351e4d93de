{#- The first two rows of each segment as one text: a query of segment and words. -#}
{% macro first_two_in_words(relation, text, rank, separator, condition='true') -%}
    select
        segment,
        {{ segmentation.joined_text(text, separator, rank) }} as words
    from {{ relation }}
    where
        {{ rank }} <= 2
        and {{ condition }}
    group by segment
{%- endmacro %}
