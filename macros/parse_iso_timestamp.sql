{#-
    A timestamp from text whose year stands first, or null: 2010-12-01 08:26, 2010-12-01T08:26:30, 2010/12/01,
    20101201. Four digits must stand first: the database would take 13-12-10 for the year 13, and the words
    infinity and epoch for dates.
-#}
{% macro parse_iso_timestamp(column) -%}
    {{ return(adapter.dispatch('parse_iso_timestamp', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__parse_iso_timestamp(column) -%}
    case
        when try_cast(left({{ column }}, 4) as integer) >= 1000
            then coalesce(try_cast({{ column }} as timestamp), try_strptime({{ column }}, '%Y%m%d'))
    end
{%- endmacro %}
