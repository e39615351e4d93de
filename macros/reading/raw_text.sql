{#-
    The text of a row: as it is in the file where it could not be read, else its fields as one line of
    comma-separated values, quoted where they must be, and the fields that only some shapes have behind them; without the mark of
    a row that was passed over.
-#}
{% macro raw_text(relation) -%}
    coalesce(
        {{ adapter.dispatch('json_text', 'segmentation')(relation ~ '.other_fields', 'unreadable') }},
        {%- for column in segmentation.invoice_line_columns() %}
        case
            when {{ relation }}.{{ column }} like '%,%'
                or {{ relation }}.{{ column }} like '%"%'
                or {{ relation }}.{{ column }} like '%' || chr(10) || '%'
                then '"' || replace({{ relation }}.{{ column }}, '"', '""') || '"'
            else coalesce({{ relation }}.{{ column }}, '')
        end{{ " || ',' ||" if not loop.last }}
        {%- endfor %}
        || coalesce(
            ',' || nullif({{ segmentation.replace_pattern(relation ~ '.other_fields', '"passed_over":"[a-z_]*",?', '') }}, '{}'), ''
        )
    )
{%- endmacro %}
