{#- The text of some columns as one line of comma-separated values; values are quoted where they must be. -#}
{% macro raw_text(relation, columns) -%}
    {%- for column in columns %}
        case
            when {{ relation }}.{{ column }} like '%,%'
                or {{ relation }}.{{ column }} like '%"%'
                or {{ relation }}.{{ column }} like '%' || chr(10) || '%'
                then '"' || replace({{ relation }}.{{ column }}, '"', '""') || '"'
            else coalesce({{ relation }}.{{ column }}, '')
        end{{ " || ',' ||" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
