{#- The text of some columns as one line of comma-separated values; values are quoted where they must be. -#}
{% macro raw_text(columns) -%}
    {%- for column in columns %}
        case
            when {{ column }} like '%,%' or {{ column }} like '%"%' or {{ column }} like '%' || chr(10) || '%'
                then '"' || replace({{ column }}, '"', '""') || '"'
            else coalesce({{ column }}, '')
        end{{ " || ',' ||" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
