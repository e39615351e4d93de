{#-
    A timestamp from text, or null. Where the year does not stand first, date_order (dmy, mdy or null) says which
    number is the day: 12/1/2010 8:26, 1.12.10, 01-12-2010 08:26:30, 12/1/2010 8:26 PM.
-#}
{% macro parse_timestamp(column, date_order) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'segmentation')(column, date_order)) }}
{%- endmacro %}

{% macro default__parse_timestamp(column, date_order) -%}
    {%- set slashed = "translate(" ~ column ~ ", '.-', '//')" -%}
    coalesce(
        {{ segmentation.parse_iso_timestamp(column) }},
        case
            {%- for order, day in {'dmy': '%d/%m/', 'mdy': '%m/%d/'}.items() %}
            when {{ date_order }} = '{{ order }}' and left({{ column }}, 1) between '0' and '9' then try_strptime({{ slashed }}, [
                {%- for year in ['%y', '%Y'] -%}
                {%- set last_year = loop.last -%}
                {%- for time in ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p'] -%}
                '{{ day ~ year ~ time }}'{{ ', ' if not (last_year and loop.last) }}
                {%- endfor -%}
                {%- endfor -%}
            ])
            {%- endfor %}
        end
    )
{%- endmacro %}
