{#- Write down which files, customers and months a complete build has passed with: they are not tested again (`audit_filter`). -#}
{% macro record_audit(file_comparisons, customer_days, history_months) -%}
    {%- set schema = (file_comparisons | string).rsplit('.', 1)[0] -%}
    {%- for what, key, parts in [
        ('files', 'classified_key', file_comparisons), ('customers', 'ledger_key', customer_days), ('months', 'history_key', history_months)
    ] -%}
        {%- do segmentation.replace_table(
            schema ~ '.audited_' ~ what, 'select distinct ' ~ key ~ ' from ' ~ parts
        ) -%}
    {%- endfor -%}
{%- endmacro %}
