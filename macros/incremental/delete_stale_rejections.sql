{#-
    A statement that deletes the rejected lines of files that were classified otherwise, and the copies that are none any more, for a hook
    of int_rejected_invoice_lines. Copies have no classified_key.
-#}
{% macro delete_stale_rejections(rejections, file_invoice_days, duplicates) -%}
    {%- if segmentation.is_running() and load_relation(rejections) and not flags.FULL_REFRESH -%}
    {{ segmentation.delete_rows(
        rejections,
        'classified_key not in (select days.classified_key from ' ~ file_invoice_days ~ ' as days)'
        ~ " or reason = 'duplicate' and not exists (select 1 from " ~ duplicates ~ ' as found where found.line_id = ' ~ rejections
        ~ '.line_id and found.original_line_id = ' ~ rejections ~ '.original_line_id and found.load_key = ' ~ rejections ~ '.load_key)'
    ) }}
    {%- endif -%}
{%- endmacro %}
