"""Files for Power BI and Tableau, made from the project's own descriptions (`bi/`, docs/bi.md)."""
