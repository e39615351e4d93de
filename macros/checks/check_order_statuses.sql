{#-
    Stop the build if it can't be read what became of orders: a status of which neither the seed order_statuses nor order_status_meanings
    says what it means, a time of cancellation that is none, a refund that is no number.
-#}
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
    {%- for column, words in [
        ('unreadable_cancelled_at', [
            'The time at which orders were cancelled (cancelled_at) is none, and they would count as sold:',
            'Mend the file; or name the column as order_status or as is_returned in column_map if it has words, such as yes and no.'
        ]),
        ('unreadable_refund', [
            'What was refunded of orders (order_refund) is no number, and would not be taken off:',
            'Mend the file; or name the column as order_status or as is_returned in column_map if it has words, such as yes and no.'
        ])
    ] -%}
        {% call statement(column, fetch_result=true) %}
            select orders.{{ column }}, count(*) as order_count, min(files.source_file) as source_file, min(orders.invoice_id) as example
            from {{ orders }} as orders
            inner join {{ files }} as files on orders.load_key = files.load_key
            where orders.{{ column }} is not null
            group by orders.{{ column }}
            order by order_count desc, orders.{{ column }}
            limit 10
        {% endcall %}
        {%- set texts = load_result(column)['data'] -%}
        {%- if texts -%}
            {%- set message = [words[0]] -%}
            {%- for text in texts -%}
                {%- do message.append(
                    '  ' ~ text[0] ~ ': ' ~ text[1] ~ (' order' if text[1] == 1 else ' orders') ~ ', for example ' ~ text[3] ~ ' in ' ~ text[2]
                ) -%}
            {%- endfor -%}
            {%- do message.append(words[1]) -%}
            {{ segmentation.ask(message) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
