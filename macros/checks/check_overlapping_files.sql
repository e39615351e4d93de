{#- Stop the build if it is not clear whether files that share orders are deliveries of the same orders, or which of two is the newer. -#}
{% macro check_overlapping_files(pairs) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set unclear = run_query(
        'select older_file, newer_file, shared_orders, same_orders, orders_with_same_product, changed_order, '
        ~ 'older_last_invoiced_at = newer_last_invoiced_at as is_as_new from ' ~ pairs
        ~ " where relationship = 'unclear' order by older_file, newer_file limit 10"
    ).rows -%}
    {%- if unclear -%}
        {%- set message = ['Files share orders, and it is not clear which of them holds:'] -%}
        {%- for pair in unclear -%}
            {%- do message.append(
                '  ' ~ pair['older_file'] ~ ' and ' ~ pair['newer_file'] ~ ': ' ~ pair['shared_orders'] ~ ' orders are in both, '
                ~ pair['same_orders'] ~ ' of them equal, ' ~ pair['orders_with_same_product'] ~ ' with the same products, for example '
                ~ pair['changed_order'] ~ (' (both files end on the same day, so neither is the newer delivery)' if pair['is_as_new'])
            ) -%}
        {%- endfor -%}
        {%- do message.append(
            "Say it: --vars '{overlapping_files: newest}' if an order is as the file with the later last order has it, file_name if it is as the"
            ~ ' file has it whose name comes last, all if the lines of all files count.'
        ) -%}
        {{ segmentation.ask(message) }}
    {%- endif -%}
{%- endmacro %}
