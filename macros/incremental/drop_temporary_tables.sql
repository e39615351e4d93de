{#- Statements that drop the tables that dbt-duckdb leaves of an incremental Python model: one a build, in the schema of the target. -#}
{% macro drop_temporary_tables(relation) -%}
    {{ return(adapter.dispatch('drop_temporary_tables', 'segmentation')(relation)) }}
{%- endmacro %}

{% macro default__drop_temporary_tables(relation) -%}
    {%- if segmentation.is_running() -%}
        {%- set tables = run_query(
            'select schema_name, table_name from duckdb_tables() where database_name = ' ~ segmentation.sql_text(relation.database)
            ~ ' and starts_with(table_name, ' ~ segmentation.sql_text(relation.identifier ~ '__dbt_tmp') ~ ')'
        ) -%}
        {%- for table in tables %}
            drop table {{ api.Relation.create(database=relation.database, schema=table['schema_name'], identifier=table['table_name']) }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro spark__drop_temporary_tables(relation) -%}
{%- endmacro %}
