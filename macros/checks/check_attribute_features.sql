{#-
    Stop the build if an attribute that is a feature is not read as a number, is below 0 or is not known of half of the customers:
    all of them in one message, each with a remedy.
-#}
{% macro check_attribute_features(features, attribute_rows) -%}
    {%- set columns, faults = segmentation.attribute_features(), [] -%}
    {%- if not columns or not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set read = {} -%}
    {%- for row in run_query(
        'select attribute, min(kind) as kind, min(explanation) as explanation from ' ~ attribute_rows
        ~ ' where attribute is not null and customer_id is null group by attribute'
    ).rows -%}
        {%- do read.update({row['attribute']: row}) -%}
    {%- endfor -%}
    {%- for feature, column in columns.items() -%}
        {%- set name = feature[10:] -%}
        {%- if name not in read -%}
            {%- do faults.append('  ' ~ feature ~ ': no table of attributes has a column ' ~ name ~ '. Give the table (attribute_files).') -%}
        {%- elif read[name]['kind'] != 'number' -%}
            {%- do faults.append(
                '  ' ~ feature ~ ' was read as ' ~ read[name]['kind'] ~ ' (' ~ read[name]['explanation'] ~ '), and only numbers have distances. '
                ~ 'If it is a number, say so: attribute_kinds: {' ~ name ~ ': number}.'
            ) -%}
        {%- else -%}
            {%- set counted = run_query(
                'select count(*) as customers, count(' ~ column ~ ') as known, sum(case when ' ~ column ~ ' < 0 then 1 else 0 end) as negative from '
                ~ features
            ).rows[0] -%}
            {%- if counted['negative'] -%}
                {%- do faults.append(
                    '  ' ~ feature ~ ' is below 0 of ' ~ counted['negative'] ~ ' customers, and the logarithm in which customers are compared is of '
                    ~ 'numbers from 0 on. Correct its table, or give it in another unit.'
                ) -%}
            {%- elif 2 * counted['known'] < counted['customers'] -%}
                {%- do faults.append(
                    '  ' ~ feature ~ ' is known of ' ~ counted['known'] ~ ' of ' ~ counted['customers'] ~ ' customers. The median stands for it where '
                    ~ 'it is not known, and would say more than the attribute. It has to be known of half of them.'
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if faults -%}
        {{ segmentation.stop_build(
            ['Attributes that are cluster_features can\'t be used:'] + faults + ['Or take them out of cluster_features.']
        ) }}
    {%- endif -%}
{%- endmacro %}
