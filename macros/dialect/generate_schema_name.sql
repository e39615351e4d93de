{#- The schemas are a promise to the readers (marts.customer_segments): no prefix of the target before them. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
