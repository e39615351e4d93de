{#-
    Where a row of a loaded table is in the order in which it was loaded. A row_number() over the file would
    make the reader run on one core; the position of the stored row costs nothing. With --empty dbt reads from a query, whose rows have
    no place.
-#}
{% macro row_position() -%}
    {{ return(adapter.dispatch('row_position', 'segmentation')()) }}
{%- endmacro %}

{% macro default__row_position() -%}
    {{ 'cast(null as bigint)' if flags.EMPTY else 'rowid' }}
{%- endmacro %}

{#- Where rows have no place of their own, each has its number with it. -#}
{% macro spark__row_position() -%}
    source_row
{%- endmacro %}
