{#-
    What the materialization append deletes before it adds rows: those of the stored table that a condition is true of. A comment, as
    nothing may be changed while a model is rendered.
-#}
{% macro stale_rows(condition) -%}
    /* stale rows: {{ condition }} */
{%- endmacro %}
