"""What the pages ask the published tables: a module a page. All counting is done in DuckDB."""
