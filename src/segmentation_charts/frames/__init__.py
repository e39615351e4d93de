"""What charts draw: small data frames, added up from the published marts inside DuckDB."""
