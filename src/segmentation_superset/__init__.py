"""Dashboards of Superset, made from the project's own descriptions (`bi/superset`, docs/bi.md).

What a column or a metric means is said once, in the models' own files. `bi/superset/datasets.yml` adds how it is called
and written, `bi/superset/dashboards` which charts there are, and this package makes of them what Superset imports.
"""
