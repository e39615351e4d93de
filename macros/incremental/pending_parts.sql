{#-
    A select of the parts of the data that a model, materialized by_part, is to make rows of, with the key that it stores with them. In the
    SQL as it is compiled these are all parts. The materialization reads the select between the marks: it leaves out parts whose rows are
    stored, and puts a checksum of the SQL in the place of the text that stands for it.
-#}
{% macro pending_parts(parts, key, name) -%}
    /* parts */
    select
        *,
        {{ segmentation.row_hash(key + ["'code of the model'"]) }} as {{ name }}
    from {{ parts }}
    /* parts */
{%- endmacro %}
