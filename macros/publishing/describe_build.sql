{#-
    What only dbt knows of a build and segmentation_dbt.end_of_build is told: a dictionary with the attributes of its class Build.
-#}
{% macro describe_build(results) -%}
    {%- set build = {
        'results': [],
        'nodes': [],
        'relations': {},
        'marts': [],
        'is_of_all_data': not (flags.EMPTY or flags.SAMPLE),
        'is_pending': segmentation.is_pending(),
        'publish_lines_up_to': var('publish_lines_up_to') | int,
        'published': env_var('SEGMENTS_PUBLISHED', 'published'),
        'run': {
            'published_at': run_started_at.strftime('%Y-%m-%dT%H:%M:%SZ'),
            'invocation_id': invocation_id,
            'currency': var('currency')
        }
    } -%}
    {%- for result in results -%}
        {%- do build['results'].append({
            'unique_id': result.node.unique_id,
            'name': result.node.name,
            'package': result.node.package_name,
            'resource_type': result.node.resource_type | string,
            'parents': result.node.depends_on.nodes if result.node.depends_on else [],
            'status': result.status | string,
            'message': result.message
        }) -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() | sort(attribute='name')
        if node.package_name == 'segmentation' and node.config.enabled and node.config.materialized != 'ephemeral'
    -%}
        {%- do build['nodes'].append({'unique_id': node.unique_id, 'name': node.name, 'resource_type': node.resource_type}) -%}
        {%- if node.resource_type == 'model' -%}
            {%- do build['relations'].update({node.name: node.relation_name}) -%}
        {%- endif -%}
        {%- if node.resource_type == 'model' and 'marts' in node.fqn[:-1] -%}
            {%- set columns = {} -%}
            {%- for column in node.columns.values() -%}
                {%- do columns.update({column.name: column.description}) -%}
            {%- endfor -%}
            {%- do build['marts'].append({
                'name': node.alias,
                'relation': node.relation_name,
                'description': node.description,
                'columns': columns,
                'is_of_lines': node.config.meta.get('is_of_lines', false)
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(build) }}
{%- endmacro %}
