{#-
    Whether what became of a node matters for what is published: it is of this project, or it is a test that a project which
    installs this one has on a model of it. Other models of that project do not.
-#}
{% macro concerns_marts(node) -%}
    {%- set tested = [] -%}
    {%- for parent in (node.depends_on.nodes if node.resource_type == 'test' else []) if parent.startswith('model.segmentation.') -%}
        {%- do tested.append(parent) -%}
    {%- endfor -%}
    {{ return(node.package_name == 'segmentation' or tested | length > 0) }}
{%- endmacro %}
