{#-
    The four quintile edges of recency, frequency and monetary that scores are counted from, twelve columns of an aggregation. An edge is the
    smallest value that at least 20, 40, 60 or 80 % of the customers do not exceed. Five is best on all three: days since the last purchase
    count backwards.
-#}
{% macro quintile_edges() -%}
    {%- set measures = {'recency': '-recency_days', 'frequency': 'frequency', 'monetary': 'monetary'} -%}
    {%- for measure, measured in measures.items() %}
    {%- set is_last = loop.last %}
    {%- for n in range(1, 5) %}
    {{ segmentation.quantile_value(measured, '0.%d' | format(2 * n)) }} as {{ measure }}_edge_{{ n }}
    {{- '' if is_last and loop.last else ',' }}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
