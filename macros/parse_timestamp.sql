{#-
    A timestamp from text, or null. Where the year stands first: 2010-12-01 08:26, 2010-12-01T08:26:30, 2010/12/01,
    20101201. Otherwise date_order (dmy, mdy or null) says which number is the day: 12/1/2010 8:26, 1.12.10,
    12/1/2010 8:26 PM. A time with an offset from UTC is given in the zone of the var time_zone. The words infinity
    and epoch, which a database takes for dates, are none.
-#}
{% macro parse_timestamp(column, date_order) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'segmentation')(column, date_order)) }}
{%- endmacro %}

{% macro default__parse_timestamp(column, date_order) -%}
    {%- set slashed = "translate(" ~ column ~ ", '.-', '//')" -%}
    case
        when {{ segmentation.has_utc_offset(column) }}
            then timezone('{{ segmentation.time_zone() }}', {{ segmentation.safe_cast(
                "regexp_replace(regexp_replace(" ~ column ~ ", '\\s+([+-])', '\\1'), '(T|\\s)(\\d\\d:\\d\\d)(Z|[+-])', '\\1\\2:00\\3')",
                'timestamptz'
            ) }})
        when {{ segmentation.begins_with_year(column) }}
            then coalesce({{ segmentation.safe_cast(column, 'timestamp') }}, case when length({{ column }}) = 8 then try_strptime({{ column }}, '%Y%m%d') end)
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
{%- endmacro %}
