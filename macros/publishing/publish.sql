{#-
    Publish marts to SEGMENTS_PUBLISHED, or where none are given say what is published. Returns a dictionary: current, the
    version that is current; manifest and changes of what was published; the reason why nothing can be; or a problem.
-#}
{% macro publish(marts, warnings) -%}
    {{ return(adapter.dispatch('publish', 'segmentation')(marts, warnings)) }}
{%- endmacro %}

{% macro default__publish(marts, warnings) -%}
    {%- set plugin = 'segmentation_dbt.publishing' -%}
    {%- if plugin not in (target.plugins or []) | map(attribute='module') -%}
        {{ return({'reason': 'the plugin ' ~ plugin ~ ' is not in the profile'}) }}
    {%- endif -%}
    {%- set lines_up_to = var('publish_lines_up_to') | int(-1) -%}
    {%- if lines_up_to < 0 -%}
        {{ return({'problem': 'publish_lines_up_to is ' ~ var('publish_lines_up_to') ~ '; it must be a number of lines, such as 20000000.'}) }}
    {%- endif -%}
    {%- set request = {
        'marts': [],
        'lines_up_to': lines_up_to,
        'run': {
            'published_at': run_started_at.strftime('%Y-%m-%dT%H:%M:%SZ'),
            'invocation_id': invocation_id,
            'currency': var('currency')
        },
        'warnings': warnings
    } -%}
    {%- for mart in marts -%}
        {%- set columns = {} -%}
        {%- for column in mart.columns.values() -%}
            {%- do columns.update({column.name: column.description}) -%}
        {%- endfor -%}
        {%- do request['marts'].append({
            'name': mart.alias,
            'relation': mart.relation_name,
            'description': mart.description,
            'columns': columns,
            'is_of_lines': mart.config.meta.get('is_of_lines', false)
        }) -%}
    {%- endfor -%}
    {%- do adapter.store_relation('publishing', none, [], env_var('SEGMENTS_PUBLISHED', 'published'), 'duckdb', request) -%}
    {{ return(request['outcome']) }}
{%- endmacro %}

{% macro spark__publish(marts, warnings) -%}
    {{ return({'reason': 'readers query the tables of Spark themselves'}) }}
{%- endmacro %}
