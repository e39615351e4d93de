"""Tables of the warehouse that settings name, as sources that are read like files."""

from __future__ import annotations

from typing import Any

from segmentation.attributes.sources import Source, source_of_arrow
from segmentation_dbt.relations import is_of_spark, rows_of, schema_of, table, to_arrow


def named_source(session: Any, named_tables: Any, setting: str) -> Source | None:
    """Return the table that a setting names; None where it names none.

    Parameters
    ----------
    session
        As dbt gives it to a Python model.
    named_tables : relation
        Of the model base_attribute_relation.
    setting : str
        Name of the var.

    Returns
    -------
    Source or None
        If there is no such table, a source without columns, which is reported like any other that can't be read.
    """
    rows = rows_of(named_tables.filter(f"setting = '{setting}'"), "source_file", "quoted_name")
    if not rows:
        return None
    ((name, path),) = rows
    found = table(session, path)
    if found is None:
        return Source(name, (), lambda positions: [])
    quote = "`" if is_of_spark(session) else '"'

    def columns(names: Any) -> Any:
        return to_arrow(found.select(*(f"{quote}{name.replace(quote, quote * 2)}{quote}" for name in names)))

    return source_of_arrow(name, columns, schema_of(found))
