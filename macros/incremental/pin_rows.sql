{#-
    Statements that keep the rows of a table where they are until it is let go, or that let it go. Lines are found by where their rows are,
    all through a build; DuckDB moves rows as it tidies up after some were deleted, at whatever moment a checkpoint is due, but not those of
    a table with an index. This one holds nothing, since it leaves nulls out.
-#}
{% macro pin_rows(rows) -%}
    {{ return(adapter.dispatch('pin_rows', 'segmentation')(rows)) }}
{%- endmacro %}

{% macro default__pin_rows(rows) -%}
    create index if not exists pinned_rows on {{ rows }} ((nullif(load_key, load_key)))
{%- endmacro %}

{#- Rows have their number with them. -#}
{% macro spark__pin_rows(rows) -%}
{%- endmacro %}
