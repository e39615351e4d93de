{#- The load_key of a row that is read from a group of files. -#}
{% macro file_load_key(files) -%}
    {%- if files | length == 1 -%}
    cast({{ files[0]['load_key'] }} as bigint)
    {%- else -%}
    list_extract(cast([{{ files | map(attribute='load_key') | join(', ') }}] as bigint[]), cast(file_index as bigint) + 1)
    {%- endif -%}
{%- endmacro %}
