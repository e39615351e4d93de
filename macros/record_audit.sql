{#- Write down which files and customers a complete build has passed with: they are not tested again (`is_to_be_audited`). -#}
{% macro record_audit(compared_files, customer_days) -%}
    {%- set schema = (compared_files | string).rsplit('.', 1)[0] -%}
    {%- for what, parts in [('files', compared_files), ('customers', customer_days)] -%}
        {%- do run_query('create or replace table ' ~ schema ~ '.audited_' ~ what ~ ' as select distinct row_key from ' ~ parts) -%}
    {%- endfor -%}
{%- endmacro %}
