{#- A text literal that changes when the file of a seed does, for the keys of rows that are made with it. -#}
{% macro seed_checksum(name) -%}
    {%- if not segmentation.is_running() -%}
        {{ return("''") }}
    {%- endif -%}
    {{ return(segmentation.sql_text(graph.nodes['seed.segmentation.' ~ name].checksum.checksum)) }}
{%- endmacro %}
