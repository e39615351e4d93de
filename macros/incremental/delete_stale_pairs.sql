{#-
    A statement that deletes the pairs of which a line is of a file that is new or gone, for a hook of int_cancellation_pairs; all of them
    where all lines are compared again.
-#}
{% macro delete_stale_pairs(pairs, files_to_compare, invoice_files) -%}
    {%- if segmentation.is_running() and load_relation(pairs) and not flags.FULL_REFRESH -%}
    {%- set stale = [] -%}
    {%- if segmentation.compares_new_files_only(files_to_compare, invoice_files) -%}
        {%- for key in ['typed_key', 'sale_typed_key'] -%}
            {%- do stale.append(key ~ ' not in (select files.typed_key from ' ~ invoice_files ~ ' as files)') -%}
            {%- do stale.append(key ~ ' in (select files.typed_key from ' ~ files_to_compare ~ ' as files)') -%}
        {%- endfor -%}
    {%- endif -%}
    {{ segmentation.delete_rows(pairs, stale | join(' or ') or 'true') }}
    {%- endif -%}
{%- endmacro %}
