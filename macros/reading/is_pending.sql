{#-
    Whether the rows of a file are still to be read: a condition on base_invoice_files. A full refresh begins again; only
    here is that known, because dbt does not tell a Python model.
-#}
{% macro is_pending() -%}
    (shape <> 'none'{{ ' and not is_loaded' if not flags.FULL_REFRESH }})
{%- endmacro %}
