{#-
    Hashes of the orders of erased customers in files in which a customer is on one row of an order only, as a list. Such
    files are read once more for it.
-#}
{% macro erased_orders(groups, customers) -%}
    {%- set orders = [] -%}
    {%- for group in groups if customers and group[0]['order_fields'] != '[]' -%}
        {%- set query -%}
            select distinct {{ segmentation.order_hash(group) }} as order_hash
            from {{ segmentation.read_files(group) }}
            where {{ segmentation.is_erased(group, customers, []) }}
        {%- endset -%}
        {%- do orders.extend(segmentation.first_column('erased_orders', query) | select) -%}
    {%- endfor -%}
    {{ return(orders) }}
{%- endmacro %}
