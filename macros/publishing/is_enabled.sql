{#- Whether a model of this project is built at all: a project that installs this one can disable marts. -#}
{% macro is_enabled(name) -%}
    {{ return('model.segmentation.' ~ name in graph.nodes) }}
{%- endmacro %}
