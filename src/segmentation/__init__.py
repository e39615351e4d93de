"""Customer segmentation as pure functions: arrays in, arrays out.

Nothing here knows of dbt, DuckDB or Spark; the dbt Python models in ``python_models/`` call it.
"""
