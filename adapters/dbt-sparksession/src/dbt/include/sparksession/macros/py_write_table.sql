{#- The code of a Python model and the lines that write what it returns. The file format is Spark's default, as it is of SQL models. -#}
{% macro py_write_table(compiled_code, target_relation) %}
{{ compiled_code }}
# --- Written by dbt. ---
dbt = dbtObj(spark.table)
result = model(dbt, spark)
if not hasattr(result, "write"):
    # A table of pandas or Arrow.
    result = spark.createDataFrame(result)
writer = result.write.mode("overwrite")
{%- if config.get('file_format') %}
writer = writer.format("{{ config.get('file_format') }}")
{%- endif %}
writer.saveAsTable("{{ target_relation }}")
{%- endmacro %}
