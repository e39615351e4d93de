{#- Keep what a query finds until the model is made, under the name that is returned: it is asked for several times. -#}
{% macro keep_for_now(relation, query) -%}
    {{ return(adapter.dispatch('keep_for_now', 'segmentation')(relation, query)) }}
{%- endmacro %}

{% macro default__keep_for_now(relation, query) -%}
    {%- set name = adapter.quote(relation.identifier ~ '__parts') -%}
    {%- do run_query('create or replace temporary table ' ~ name ~ ' as ' ~ query) -%}
    {{ return(name) }}
{%- endmacro %}

{#- There are no temporary tables; what a view is asked for is worked out each time. -#}
{% macro spark__keep_for_now(relation, query) -%}
    {%- set name = adapter.quote(relation.identifier ~ '__parts') -%}
    {%- do run_query('create or replace temporary view ' ~ name ~ ' as ' ~ query) -%}
    {{ return(name) }}
{%- endmacro %}
