{#-
    Stop the build if there is nobody to segment, or fewer different customers than segments were asked for:
    with what was read, what became of it, and what to do.
-#}
{% macro check_customers(features, lines, rejected_lines) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set attributes, columns = segmentation.attribute_features(), [] -%}
    {%- for feature in var('cluster_features') -%}
        {%- do columns.append(attributes.get(feature, feature)) -%}
    {%- endfor -%}
    {%- set counted = run_query(
        'select coalesce(sum(customers), 0) as customers, count(*) as different from (select count(*) as customers from '
        ~ features ~ ' group by ' ~ columns | join(', ') ~ ') as points'
    ).rows[0] -%}
    {%- if counted['customers'] == 0 -%}
        {%- set message = ['No customer with a purchase is left to segment. What became of the lines:'] -%}
        {%- set fates = run_query(
            "select coalesce(lines.line_type, 'rejected: ' || lines.reason) as fate, lines.customer_id is not null as has_customer, "
            ~ 'count(*) as line_count, min(lines.invoice_date) as first_date, max(lines.invoice_date) as last_date, '
            ~ 'min(rejected.raw_text) as example '
            ~ 'from ' ~ lines ~ ' as lines left join ' ~ rejected_lines ~ ' as rejected on lines.line_id = rejected.line_id '
            ~ 'group by 1, 2 order by 3 desc, 1, 2'
        ) -%}
        {%- for fate in fates -%}
            {%- do message.append(
                '  ' ~ fate['line_count'] ~ ' ' ~ fate['fate']
                ~ (' with' if fate['has_customer'] else ' without') ~ ' a customer'
                ~ (', ' ~ fate['first_date'] ~ ' to ' ~ fate['last_date'] if fate['first_date'] else '')
                ~ (', for example: ' ~ fate['example'][:120] if fate['example'] else '')
            ) -%}
        {%- endfor -%}
        {%- if not fates.rows -%}
            {%- do message.append('  the files hold a header and no lines') -%}
        {%- endif -%}
        {%- do message.append('Check which columns were read (column_map), how dates are written (date_order), and as_of_date'
            ~ (', which is set to ' ~ var('as_of_date') if var('as_of_date') else '') ~ '.') -%}
        {{ segmentation.stop_build(message) }}
    {%- endif -%}
    {%- if var('segment_count') != 'auto' and (var('segment_count') | int > counted['different'] or var('segment_count') | int >= counted['customers']) -%}
        {{ segmentation.stop_build([
            'segment_count asks for ' ~ var('segment_count') ~ ' segments, but there are ' ~ counted['customers']
            ~ ' customers with a purchase, ' ~ counted['different'] ~ ' of them different in ' ~ var('cluster_features') | join(', ') ~ '.',
            'Set segment_count to a smaller number or to auto, or load more history.'
        ]) }}
    {%- endif -%}
{%- endmacro %}
