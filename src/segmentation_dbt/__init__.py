"""What the project adds to dbt-duckdb."""
