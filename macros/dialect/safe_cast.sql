{#- A cast that gives null where the value does not fit; dbt.safe_cast is a plain cast on DuckDB. -#}
{% macro safe_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}
