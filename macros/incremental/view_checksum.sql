{#-
    A text literal that changes when the SQL of a view does, as the warehouse keeps it, for the keys of rows that are made of it.
-#}
{% macro view_checksum(relation) -%}
    {%- if not segmentation.is_running() -%}
        {{ return("''") }}
    {%- endif -%}
    {%- set definition = adapter.dispatch('view_definition', 'segmentation')(relation) -%}
    {%- if not definition -%}
        {%- do exceptions.raise_compiler_error(relation ~ ' has to be a view: its SQL decides which rows are made again.') -%}
    {%- endif -%}
    {{ return(segmentation.sql_text(segmentation.sql_checksum(definition))) }}
{%- endmacro %}

{#- DuckDB writes the SQL again, and names without quotes. -#}
{% macro default__view_definition(relation) -%}
    {%- set views = run_query(
        'select sql from duckdb_views() where database_name = ' ~ segmentation.sql_text(relation.database)
        ~ ' and schema_name = ' ~ segmentation.sql_text(relation.schema) ~ ' and view_name = ' ~ segmentation.sql_text(relation.identifier)
    ).rows -%}
    {{ return(views[0][0] | replace(relation.database ~ '.', '') if views) }}
{%- endmacro %}

{% macro spark__view_definition(relation) -%}
    {%- for row in run_query('describe table extended ' ~ relation).rows if row[0] == 'View Text' -%}
        {{ return(row[1]) }}
    {%- endfor -%}
{%- endmacro %}
