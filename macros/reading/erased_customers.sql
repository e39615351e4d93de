{#-
    Hashes of the customers who were erased, as a list: no rows of theirs are loaded again. Empty where none ever was; then
    nothing about them is in the SQL that reads files.
-#}
{% macro erased_customers(invoice_rows) -%}
    {%- set name = source('erasure', 'erased_customers').identifier -%}
    {%- if not segmentation.is_running() -%}
        {{ return([]) }}
    {%- endif -%}
    {#- A project that installs this one says which schema the models have; the table is beside them. -#}
    {%- set erased = adapter.get_relation(invoice_rows.database, invoice_rows.schema, name) -%}
    {%- if erased is none -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(segmentation.first_column('erased_customers', 'select customer_hash from ' ~ erased ~ ' order by customer_hash')) }}
{%- endmacro %}
