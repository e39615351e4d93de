{#-
    A statement that deletes the pairs of which a line is of a file that is new or gone, for a hook of int_cancellation_pairs; all of them
    where all lines are compared anew.
-#}
{% macro delete_stale_pairs(pairs, new_files, invoice_files) -%}
    {%- if segmentation.is_running() and load_relation(pairs) and not flags.FULL_REFRESH -%}
    {%- set stale = [] -%}
    {%- if segmentation.compares_new_files_only(new_files, invoice_files) -%}
        {%- for key in ['typed_key', 'sale_typed_key'] -%}
            {%- do stale.append(key ~ ' not in (select files.typed_key from ' ~ invoice_files ~ ' as files)') -%}
            {%- do stale.append(key ~ ' in (select files.typed_key from ' ~ new_files ~ ' as files)') -%}
        {%- endfor -%}
    {%- endif -%}
    {{ segmentation.delete_rows(pairs, stale | join(' or ') or 'true') }}
    {%- endif -%}
{%- endmacro %}
