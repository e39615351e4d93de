{#-
    A timestamp from text, or null. Where the year comes first: 2010-12-01 08:26, 2010-12-01T08:26:30, 2010/12/01, 2010.12.01,
    20101201, and the days that spreadsheets count, such as 40513.35. Otherwise date_order (dmy, mdy, ymd or null) says which number is
    which: 12/1/2010 8:26, 1.12.10, 12/1/2010 8:26 PM, 10/12/01. A time with an offset from UTC is given in the zone of the var
    time_zone. The words infinity and epoch, which a database takes for dates, are none.
-#}
{% macro parse_timestamp(column, date_order) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'segmentation')(column, date_order)) }}
{%- endmacro %}

{% macro default__parse_timestamp(column, date_order) -%}
    {%- set slashed = "translate(" ~ column ~ ", '.-', '//')" -%}
    {%- set times = ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p'] -%}
    case
        when {{ segmentation.has_utc_offset(column) }}
            then timezone('{{ var('time_zone') }}', {{ segmentation.safe_cast(segmentation.zoned_time(column), 'timestamptz') }})
        when {{ segmentation.begins_with_year(column) }}
            then coalesce({{ segmentation.safe_cast(column, 'timestamp') }}, case
                when {{ segmentation.matches_pattern(column, segmentation.day_count_pattern()) }} then {{ segmentation.counted_day(column) }}
                when length({{ column }}) = 8 then try_strptime({{ column }}, '%Y%m%d')
                else try_strptime({{ slashed }}, [{% for time in times %}'%Y/%m/%d{{ time }}'{{ ', ' if not loop.last }}{% endfor %}])
            end)
        {%- for order, formats in {'dmy': ['%d/%m/%y', '%d/%m/%Y'], 'mdy': ['%m/%d/%y', '%m/%d/%Y'], 'ymd': ['%y/%m/%d']}.items() %}
        when {{ date_order }} = '{{ order }}' and left({{ column }}, 1) between '0' and '9' then try_strptime({{ slashed }}, [
            {%- for format in formats -%}
            {%- set last_format = loop.last -%}
            {%- for time in times -%}
            '{{ format ~ time }}'{{ ', ' if not (last_format and loop.last) }}
            {%- endfor -%}
            {%- endfor -%}
        ])
        {%- endfor %}
    end
{%- endmacro %}

{% macro spark__parse_timestamp(column, date_order) -%}
    {#- Times are put together of their parts: formats of Spark know no choice, and try_cast knows shorter dates than DuckDB. -#}
    {%- set slashed = "translate(" ~ column ~ ", '.-', '//')" -%}
    {%- set time = '( +[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?( +[AaPp][Mm])?)? *$' -%}
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
                when {{ segmentation.matches_pattern(column, segmentation.day_count_pattern()) }} then {{ segmentation.counted_day(column) }}
                when {{ segmentation.matches_pattern(slashed, '^[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}' ~ time) }}
                    then {{ segmentation.written_time(slashed, 3, 2, 1) }}
            end
        {%- for order, day, month, year in [('dmy', 1, 2, 3), ('mdy', 2, 1, 3), ('ymd', 3, 2, 1)] %}
        when
            {{ date_order }} = '{{ order }}'
            and {{ segmentation.matches_pattern(slashed, '^[0-9]{1,4}/[0-9]{1,2}/[0-9]{1,4}' ~ time) }}
            then {{ segmentation.written_time(slashed, day, month, year) }}
        {%- endfor %}
    end
{%- endmacro %}
