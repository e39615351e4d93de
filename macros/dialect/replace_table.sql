{#- Make a table of what a query finds, in the place of the one that is there. -#}
{% macro replace_table(name, query) -%}
    {{ return(adapter.dispatch('replace_table', 'segmentation')(name, query)) }}
{%- endmacro %}

{% macro default__replace_table(name, query) -%}
    {%- do run_query('create or replace table ' ~ name ~ ' as ' ~ query) -%}
{%- endmacro %}

{% macro spark__replace_table(name, query) -%}
    {%- do run_query('drop table if exists ' ~ name) -%}
    {%- do run_query('create table ' ~ name ~ ' as ' ~ query) -%}
{%- endmacro %}
