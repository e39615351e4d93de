{#- The bounds of the positions of names, a row a name and measure, from a seed with a pair of columns a measure. -#}
{% macro claim_bounds(claims, name_column) -%}
    {%- for measure in ['recency', 'frequency', 'monetary', 'tenure'] %}
    {{ 'union all' if not loop.first }}
    select
        {{ name_column }} as group_name,
        '{{ measure }}' as measure,
        coalesce({{ measure }}_from, 0) as bound_from,
        coalesce({{ measure }}_to, 1) as bound_to
    from {{ claims }}
    {%- endfor %}
{%- endmacro %}
