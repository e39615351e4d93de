{#-
    Whether a date in text begins with a year of four digits; false for null. Only such a date leaves no doubt about
    its order, and a database would take 13-12-10 for the year 13.
-#}
{% macro begins_with_year(column) -%}
    coalesce({{ segmentation.safe_cast('left(' ~ column ~ ', 4)', dbt.type_int()) }} >= 1000, false)
{%- endmacro %}
