{#- The first or second number of a date such as 12/1/2010, 1.12.2010 or 01-12-2010; null if there is none. -#}
{% macro date_number(column, position) -%}
    {{ segmentation.safe_cast(
        "split_part(translate(" ~ column ~ ", '.-', '//'), '/', " ~ position ~ ")", dbt.type_int()
    ) }}
{%- endmacro %}
