{#-
    part / whole, rounded to some digits; null where the whole is 0. In floats, and rounded as DuckDB rounds them: quotients of decimals
    have another number of digits in every database.
-#}
{% macro rounded_quotient(part, whole, digits) -%}
    {{ return(adapter.dispatch('rounded_quotient', 'segmentation')(part, whole, digits)) }}
{%- endmacro %}

{% macro default__rounded_quotient(part, whole, digits) -%}
    round({{ part }} / nullif({{ whole }}, 0), {{ digits }})
{%- endmacro %}

{% macro spark__rounded_quotient(part, whole, digits) -%}
    round(cast({{ part }} as double) / nullif(cast({{ whole }} as double), 0) * 1e{{ digits }}) / 1e{{ digits }}
{%- endmacro %}
