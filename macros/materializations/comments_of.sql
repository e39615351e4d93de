{#- The statements that describe a table and its columns in DuckDB, as far as persist_docs asks for that. -#}
{% macro comments_of(relation) -%}
    {%- if config.persist_relation_docs() and model.description -%}
        comment on {{ relation.type }} {{ relation }} is {{ segmentation.sql_text(model.description) }};
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for column in model.columns.values() if column.description %}
            comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ segmentation.sql_text(column.description) }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
