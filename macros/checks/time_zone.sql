{#- The var time_zone; stops the build where it is no name of a zone. -#}
{% macro time_zone() -%}
    {%- set name = var('time_zone') -%}
    {%- if not modules.re.fullmatch('[A-Za-z0-9_+/-]+', name) -%}
        {{ segmentation.stop_build(["time_zone is '" ~ name ~ "'; it must be a name such as UTC or Europe/London."]) }}
    {%- endif -%}
    {{ return(name) }}
{%- endmacro %}
