{#- Write down which files a complete build has passed with: their lines are not tested again (`is_to_be_audited`). -#}
{% macro record_audit(compared_files) -%}
    {%- do run_query(
        'create or replace table ' ~ compared_files.schema ~ '.audited_files as select row_key from ' ~ compared_files
    ) -%}
{%- endmacro %}
