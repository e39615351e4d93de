{#- Whether the database itself reads text files, where it finds as many rows as a file has lines; else Python reads all of them. -#}
{% macro reads_text_files() -%}
    {{ return(adapter.dispatch('reads_text_files', 'segmentation')()) }}
{%- endmacro %}

{% macro default__reads_text_files() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro spark__reads_text_files() -%}
    {{ return(false) }}
{%- endmacro %}
