{#- A date or time some days or months later. dbt.dateadd takes the null that a row may hold for an error on Spark. -#}
{% macro dateadd(part, number, time) -%}
    ({{ time }} + cast({{ number }} as bigint) * interval 1 {{ part }})
{%- endmacro %}
