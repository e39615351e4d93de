{#-
    A timestamp from text, or null: ISO 8601 always, 12/1/2010 8:26 and its like only where date_order says
    which number is the day. Nothing is guessed: a date read in the wrong order is worse than a rejected one.
-#}
{% macro parse_timestamp(column) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__parse_timestamp(column) -%}
    {%- set order = var('date_order') | lower -%}
    {%- if order not in ['', 'mdy', 'dmy'] -%}
        {{ exceptions.raise_compiler_error("date_order must be mdy, dmy or '', not '" ~ order ~ "'") }}
    {%- endif -%}
    {%- if order -%}
    {%- set day = {'mdy': '%m/%d/%Y', 'dmy': '%d/%m/%Y'}[order] -%}
    {%- set dotted = day | replace('/', '.') -%}
    coalesce(
        try_cast({{ column }} as timestamp),
        try_strptime({{ column }}, [
            {%- for d in [day, dotted] -%}
            '{{ d }} %H:%M', '{{ d }} %H:%M:%S', '{{ d }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        ])
    )
    {%- else -%}
    try_cast({{ column }} as timestamp)
    {%- endif -%}
{%- endmacro %}
