{#- Delete the rows of a table that a condition is true of, at once. -#}
{% macro delete_now(relation, condition) -%}
    {%- set statement = segmentation.delete_rows(relation, condition) | trim -%}
    {%- if statement -%}
        {%- do run_query(statement) -%}
    {%- endif -%}
{%- endmacro %}
