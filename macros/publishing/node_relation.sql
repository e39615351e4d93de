{#- The table of a model of this project, where ref can't be used: at the end of a build. -#}
{% macro node_relation(name) -%}
    {{ return(graph.nodes['model.segmentation.' ~ name].relation_name) }}
{%- endmacro %}
