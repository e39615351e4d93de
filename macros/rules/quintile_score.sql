{#-
    1 + the number of quintile edges that a value exceeds. Equal values always share a score, and the order of
    the rows plays no part: unlike ntile() and rank cuts, which split ties by chance.
-#}
{% macro quintile_score(column, edges, prefix='') -%}
    cast(
        1
        {%- for n in range(1, 5) %}
        + case when {{ column }} > {{ edges }}.{{ prefix }}edge_{{ n }} then 1 else 0 end
        {%- endfor %}
        as {{ dbt.type_int() }}
    )
{%- endmacro %}
