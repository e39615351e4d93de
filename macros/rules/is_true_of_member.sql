{#-
    Whether what the name of a segment says of each member is true of a customer, from orders, silent_days and known_days of the
    customer and the bounds of the segment.
-#}
{% macro is_true_of_member(customers, segments) -%}
    {%- for bound in segmentation.member_bounds() -%}
    {%- set side, measure = bound.split('_', 1) -%}
    {{- 'and ' if not loop.first -}}
    {{ customers }}.{{ measure }} {{ '>=' if side == 'min' else '<=' }} coalesce({{ segments }}.{{ bound }}, {{ customers }}.{{ measure }})
    {%- if not loop.last %}
            {% endif -%}
    {%- endfor -%}
{%- endmacro %}
