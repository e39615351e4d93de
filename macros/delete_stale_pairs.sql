{#-
    A statement that deletes the pairs of which a line is of a file that is new or gone, for a hook of int_cancellation_pairs; all of them
    where all lines are compared anew.
-#}
{% macro delete_stale_pairs(pairs, new_files, invoice_files) -%}
    {%- if segmentation.is_running() and load_relation(pairs) and not flags.FULL_REFRESH -%}
    delete from {{ pairs }}
    {%- if segmentation.compares_new_files_only(new_files, invoice_files) %}
    where
        {%- for key in ['typed_key', 'sale_typed_key'] %}
        {{ 'or ' if not loop.first }}{{ key }} not in (select files.typed_key from {{ invoice_files }} as files)
        or {{ key }} in (select files.typed_key from {{ new_files }} as files)
        {%- endfor %}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
