{#-
    The bounds of the words of claims, a row a group and word, from a seed with a claim a group. `holds_of` is one of positions and medians;
    a bound that there is not is null.
-#}
{% macro claim_bounds(claims, name_column, words, holds_of) -%}
    select
        claims.{{ name_column }} as group_name,
        words.word,
        words.measure,
        words.lowest,
        words.highest
    from {{ claims }} as claims
    inner join {{ words }} as words
        on ', ' || claims.claim || ', ' like '%, ' || words.word || ', %'
    where words.holds_of = '{{ holds_of }}'
{%- endmacro %}
