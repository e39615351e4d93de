{#-
    A model's table as the last build left it, for a model that is before it in the graph and goes on from there.
    None in the first build and in a full refresh.
-#}
{% macro stored_relation(name) -%}
    {%- if not segmentation.is_running() or flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(adapter.get_relation(this.database, this.schema, name)) }}
{%- endmacro %}
