{#-
    A statement that deletes what is compared anew, for a hook of int_duplicate_invoice_lines: it runs in the transaction that
    adds what is found, so that a build that is killed leaves both.
-#}
{% macro delete_compared_contents(duplicates, repeated_contents, new_files, invoice_files) -%}
    {%- if segmentation.is_running() and load_relation(duplicates) and not flags.FULL_REFRESH -%}
    {%- set is_compared = 'content_hash in (select repeated.content_hash from ' ~ repeated_contents ~ ' as repeated)'
        if segmentation.compares_new_files_only(new_files, invoice_files) else 'true' -%}
    {{ segmentation.delete_rows(duplicates, is_compared) }}
    {%- endif -%}
{%- endmacro %}
