{#- Write down which files, customers and months a complete build has passed with: they are not tested again (`is_to_be_audited`). -#}
{% macro record_audit(compared_files, customer_days, history_months) -%}
    {%- set schema = (compared_files | string).rsplit('.', 1)[0] -%}
    {%- for what, key, parts in [
        ('files', 'row_key', compared_files), ('customers', 'row_key', customer_days), ('months', 'history_key', history_months)
    ] -%}
        {%- do segmentation.replace_table(
            schema ~ '.audited_' ~ what, 'select distinct ' ~ key ~ ' as row_key from ' ~ parts
        ) -%}
    {%- endfor -%}
{%- endmacro %}
