{#-
    A timestamp from text, or null. Where the year comes first: 2010-12-01 08:26, 2010-12-01T08:26:30, 2010/12/01,
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
            then timezone('{{ var('time_zone') }}', {{ segmentation.safe_cast(segmentation.zoned_time(column), 'timestamptz') }})
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

{% macro spark__parse_timestamp(column, date_order) -%}
    {#- Times are put together of their parts: formats of Spark know no choice, and try_cast knows shorter dates than DuckDB. -#}
    {%- set slashed = "translate(" ~ column ~ ", '.-', '//')" -%}
    case
        when {{ segmentation.has_utc_offset(column) }}
            then from_utc_timestamp({{ segmentation.safe_cast(segmentation.zoned_time(column), 'timestamp') }}, '{{ var('time_zone') }}')
        when {{ segmentation.begins_with_year(column) }}
            then case
                when {{ segmentation.matches_pattern(column, '^[0-9]{4}([-/])[0-9]{1,2}\\1[0-9]{1,2}([ T]+[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]*)?)?)? *$') }}
                    then {{ segmentation.safe_cast(
                        segmentation.replace_pattern("translate(trim(" ~ column ~ "), '/', '-')", '[ T]+', 'T'), 'timestamp'
                    ) }}
                when {{ segmentation.matches_pattern(column, '^[0-9]{8}$') }}
                    then {{ segmentation.safe_cast(
                        segmentation.replace_pattern(column, '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\\1-\\2-\\3'), 'timestamp'
                    ) }}
            end
        {%- for order, day, month in [('dmy', 1, 2), ('mdy', 2, 1)] %}
        when
            {{ date_order }} = '{{ order }}'
            and {{ segmentation.matches_pattern(slashed, '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{1,4}( +[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?( +[AaPp][Mm])?)? *$') }}
            then {{ segmentation.written_time(slashed, day, month) }}
        {%- endfor %}
    end
{%- endmacro %}
