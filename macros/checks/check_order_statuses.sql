{#- Stop the build if orders have a status of which neither the seed order_statuses nor order_status_meanings says what it means. -#}
{% macro check_order_statuses(orders, files) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set unknown -%}
        select orders.unknown_status, count(*) as order_count, min(files.source_file) as source_file, min(orders.invoice_id) as example
        from {{ orders }} as orders
        inner join {{ files }} as files on orders.load_key = files.load_key
        where orders.unknown_status is not null
        group by orders.unknown_status
        order by order_count desc, orders.unknown_status
    {%- endset -%}
    {% call statement('unknown_statuses', fetch_result=true) %}{{ unknown }}{% endcall %}
    {%- set statuses = load_result('unknown_statuses')['data'] -%}
    {%- if statuses -%}
        {%- set message = ['It is not known what these values of order_status mean:'] -%}
        {%- for status in statuses[:10] -%}
            {%- do message.append(
                '  ' ~ status[0] ~ ': ' ~ status[1] ~ (' order' if status[1] == 1 else ' orders') ~ ', for example ' ~ status[3] ~ ' in ' ~ status[2]
            ) -%}
        {%- endfor -%}
        {%- do message.append(
            "Say it: --vars '{order_status_meanings: {\"" ~ statuses[0][0] ~ "\": stands}}'. It may be stands (a sale), never_paid (no money moved: its lines"
            ~ ' count for nothing) or cancelled (what was sold has come back).'
        ) -%}
        {{ segmentation.ask(message) }}
    {%- endif -%}
{%- endmacro %}
