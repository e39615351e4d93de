{#- The vars in the dbt_project.yml of the project that is run; dbt tells a macro only those that it asks for by name. -#}
{% macro vars_of_project() -%}
    {{ return(adapter.dispatch('vars_of_project', 'segmentation')()) }}
{%- endmacro %}

{% macro default__vars_of_project() -%}
    {%- set path = (invocation_args_dict.get('project_dir') or '.') ~ '/dbt_project.yml' -%}
    {%- set found = run_query('select content from read_text(' ~ segmentation.sql_text(path) ~ ')').rows -%}
    {{ return((fromyaml(found[0][0]) or {}).get('vars') or {} if found else {}) }}
{%- endmacro %}

{#- Spark may run on other machines, which do not have the file. -#}
{% macro spark__vars_of_project() -%}
    {{ return({}) }}
{%- endmacro %}
