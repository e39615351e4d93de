{#- The smallest value of a column that at least a share of its values do not exceed: an exact, existing value. -#}
{% macro quantile_value(column, share) -%}
    {{ return(adapter.dispatch('quantile_value', 'segmentation')(column, share)) }}
{%- endmacro %}

{% macro default__quantile_value(column, share) -%}
    percentile_disc({{ share }}) within group (order by {{ column }})
{%- endmacro %}
