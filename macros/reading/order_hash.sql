{#- A hash of the order of a row that is read from a group of files; null where it has no number. -#}
{% macro order_hash(group) -%}
    {%- set invoice_id = segmentation.clean_id(segmentation.trimmed(segmentation.file_column(group[0], 'invoice_id'))) -%}
    {{ segmentation.text_hash('cast(' ~ segmentation.file_load_key(group) ~ ' as ' ~ dbt.type_string() ~ ") || '/' || " ~ invoice_id) }}
{%- endmacro %}
