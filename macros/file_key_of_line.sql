{#- The file_key in a line_id, which is file_key × 2³⁴ + row × 4 + the number of a derived line. -#}
{% macro file_key_of_line(line_id) -%}
    {{ return(adapter.dispatch('file_key_of_line', 'segmentation')(line_id)) }}
{%- endmacro %}

{% macro default__file_key_of_line(line_id) -%}
    {{ line_id }} // 17179869184
{%- endmacro %}

{% macro spark__file_key_of_line(line_id) -%}
    {{ line_id }} div 17179869184
{%- endmacro %}
