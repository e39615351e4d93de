{#-
    A statement that deletes what is compared again, for a hook of int_duplicate_invoice_lines: it runs in the transaction that
    adds what is found, so that a build that is killed leaves both.
-#}
{% macro delete_compared_duplicates(duplicates, duplicate_candidates, files_to_compare, invoice_files) -%}
    {%- if segmentation.is_running() and load_relation(duplicates) and not flags.FULL_REFRESH -%}
    {%- set is_compared = 'content_hash in (select repeated.content_hash from ' ~ duplicate_candidates ~ ' as repeated)'
        if segmentation.compares_new_files_only(files_to_compare, invoice_files) else 'true' -%}
    {{ segmentation.delete_rows(duplicates, is_compared) }}
    {%- endif -%}
{%- endmacro %}
