{#-
    A statement that deletes the rows of files that changed or are gone, for a hook of an incremental model that holds
    rows by load_key. It runs in the transaction that adds the new ones, so that a build that is killed leaves both.
-#}
{% macro delete_stale_rows(rows, invoice_files) -%}
    {%- if segmentation.is_running() and load_relation(rows) and not flags.FULL_REFRESH -%}
    {{ segmentation.delete_rows(rows, 'load_key not in (select load_key from ' ~ invoice_files ~ ' where is_loaded)') }}
    {%- endif -%}
{%- endmacro %}
