{#-
    A statement that deletes the months that were made by another model or from other lines, and those that are too long ago, for a
    hook of int_segment_history.
-#}
{% macro delete_stale_months(history) -%}
    {%- if segmentation.is_running() and load_relation(history) and not flags.FULL_REFRESH -%}
    {{ segmentation.delete_rows(
        history,
        'history_key not in (select months.history_key from ' ~ segmentation.node_relation('int_history_months') ~ ' as months)'
    ) }}
    {%- endif -%}
{%- endmacro %}
