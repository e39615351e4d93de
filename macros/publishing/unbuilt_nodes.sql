{#- Names of the nodes of this project, of some types, that are not among the results of a build or did not pass. -#}
{% macro unbuilt_nodes(results, resource_types) -%}
    {%- set passed = {} -%}
    {%- for result in results if result.status in ['success', 'pass', 'warn'] -%}
        {%- do passed.update({result.node.unique_id: true}) -%}
    {%- endfor -%}
    {%- set unbuilt = [] -%}
    {%- for node in graph.nodes.values()
        if node.package_name == 'segmentation'
        and node.resource_type in resource_types
        and node.config.enabled
        and node.config.materialized != 'ephemeral'
        and node.unique_id not in passed
    -%}
        {%- do unbuilt.append(node.name) -%}
    {%- endfor -%}
    {{ return(unbuilt) }}
{%- endmacro %}
