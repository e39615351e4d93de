{#-
    A model's table as the last build left it, for a model that is before it in the graph and goes on from there.
    None in the first build, in a full refresh, and where the table lacks a column: a version that stored less made it.
-#}
{% macro stored_relation(name, column=none) -%}
    {%- if not segmentation.is_running() or flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set stored = adapter.get_relation(this.database, this.schema, name) -%}
    {%- if stored and column and column not in (adapter.get_columns_in_relation(stored) | map(attribute='name')) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(stored) }}
{%- endmacro %}
