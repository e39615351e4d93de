{#-
    Which of the equal items of its order a line is. An export of orders has a row an item, and an order may hold two
    that are equal: only the same item in another file is a copy. In other files all equal lines are the first, unless
    duplicate_lines says that each was sold.
-#}
{% macro item_number() -%}
    case
        when {{ 'true' if var('duplicate_lines') == 'keep' else 'has_order_fields' }}
            then row_number() over (
                partition by {{ segmentation.line_content() | join(', ') }}, source_file order by source_row
            )
        else 1
    end
{%- endmacro %}
