{#- The nodes of the marts, the tables that are published, by name. -#}
{% macro mart_nodes() -%}
    {%- set marts = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='name')
        if node.package_name == 'segmentation' and node.resource_type == 'model' and 'marts' in node.fqn[:-1]
    -%}
        {%- do marts.append(node) -%}
    {%- endfor -%}
    {{ return(marts) }}
{%- endmacro %}
