{#- Constraints of a contract, where the tables keep them. Spark's default format is not Delta, as dbt-spark has it. -#}
{% macro sparksession__persist_constraints(relation, model) %}
    {%- if config.get('file_format') == 'delta' -%}
        {%- do return(spark__persist_constraints(relation, model)) -%}
    {%- endif -%}
{% endmacro %}
