{#- At the end of dbt build: publish the marts if every node and test has passed, and say in a few lines what was built. -#}
{% macro finish_build(results) -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {{ segmentation.run_end_of_build(segmentation.describe_build(results)) }}
    {%- endif -%}
{%- endmacro %}
