{#- Write down which files a complete build has passed with: their lines are not tested again (`is_to_be_audited`). -#}
{% macro record_audit(compared_files) -%}
    {%- set schema = (compared_files | string).rsplit('.', 1)[0] -%}
    {%- do run_query('create or replace table ' ~ schema ~ '.audited_files as select row_key from ' ~ compared_files) -%}
{%- endmacro %}
