{#- The columns of a fit that bound what the name of a segment says of each of its customers; null where it says nothing. -#}
{% macro member_bounds() -%}
    {{ return(['min_orders', 'max_orders', 'min_silent_days', 'max_silent_days', 'min_known_days', 'max_known_days']) }}
{%- endmacro %}
