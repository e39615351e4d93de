{#- The first column of what a query finds, as a list of the values as they are. -#}
{% macro first_column(name, query) -%}
    {#- Not run_query: a table of dbt would take text that looks like a number or a date for one. -#}
    {% call statement(name, fetch_result=true) %}{{ query }}{% endcall %}
    {%- set values = [] -%}
    {%- for row in load_result(name)['data'] -%}
        {%- do values.append(row[0]) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}
