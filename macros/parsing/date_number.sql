{#- The first, second or third number of a date such as 12/1/2010, 1.12.2010 or 23-01-12 10:30; null if there is none. -#}
{% macro date_number(column, position) -%}
    {%- set part = "split_part(translate(" ~ column ~ ", '.-', '//'), '/', " ~ position ~ ")" -%}
    {%- if position == 3 -%}
        {#- The time is behind it. -#}
        {%- set part = "split_part(" ~ part ~ ", ' ', 1)" -%}
    {%- endif -%}
    {{ segmentation.safe_cast(part, dbt.type_int()) }}
{%- endmacro %}
