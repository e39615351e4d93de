{#- Whether a row that is read from a group of files is of an erased customer or order, given as hashes: true or false. -#}
{% macro is_erased(group, customers, orders) -%}
    {%- set customer_id = segmentation.clean_customer_id(
        segmentation.trimmed(segmentation.file_column(group[0], 'customer_id'))
    ) -%}
    coalesce({{ segmentation.is_one_of(segmentation.text_hash(customer_id), customers) }}, false)
    {%- if orders and group[0]['order_fields'] != '[]' %}
    or coalesce({{ segmentation.is_one_of(segmentation.order_hash(group), orders) }}, false)
    {%- endif -%}
{%- endmacro %}
