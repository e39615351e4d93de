{#-
    The earliest and the latest of two columns of a relation as literals, so that a scan of all lines passes over what lies
    outside; none where the relation has no rows.
-#}
{% macro time_range(relation, first, last) -%}
    {%- set found = run_query(
        'select cast(min(' ~ first ~ ') as ' ~ dbt.type_string() ~ '), cast(max(' ~ last ~ ') as ' ~ dbt.type_string() ~ ') from ' ~ relation
    ).rows[0] -%}
    {%- if found[0] is none -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(["cast('" ~ found[0] ~ "' as timestamp)", "cast('" ~ found[1] ~ "' as timestamp)"]) }}
{%- endmacro %}
