{#-
    Whether an incremental model has rows to go on from. A table without the column was built by a version that stored less:
    it is dropped, and made again.
-#}
{% macro is_continued(column) -%}
    {%- if not (segmentation.is_running() and is_incremental()) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- if column in (adapter.get_columns_in_relation(this) | map(attribute='name')) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- do adapter.drop_relation(load_relation(this)) -%}
    {{ return(false) }}
{%- endmacro %}
