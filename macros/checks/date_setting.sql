{#- A date that a var holds, as an expression of SQL; check_settings has seen that it is one. -#}
{% macro date_setting(name) -%}
    cast({{ segmentation.sql_text(var(name)) }} as date)
{%- endmacro %}
