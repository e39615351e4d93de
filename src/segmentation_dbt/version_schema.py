"""What a published version says of itself: schema.json for programs, README.md for people who find the folder."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import duckdb

from segmentation_dbt.version_files import DATABASE, fetch, text

SCHEMA = "schema.json"
PAGE = "README.md"
_TABLE_OF_MANIFEST = "published_manifest"

_HEAD = """# Customer segments

Version {version}, of what was bought before {as_of_date}. Each build that passes swaps in another version as a whole:
do not edit these files.

| file | what it is |
| --- | --- |
| `segments.duckdb` | all tables, in the schema main, with a comment on each table and column |
| `<table>.parquet` | the same, a file each |
| `manifest.json` | version, row counts, files that were read, what changed |
| `schema.json` | the tables below, for programs |

```sql
-- duckdb -readonly segments.duckdb
select * from segment_profiles;
```

```python
import duckdb, pandas, polars
duckdb.connect("segments.duckdb", read_only=True).sql("select * from segment_profiles").show()
pandas.read_parquet("customer_segments.parquet")
polars.read_parquet("customer_segments.parquet")
```

```r
arrow::read_parquet("customer_segments.parquet")
```
"""


def write_schema(draft: Path, manifest: dict[str, Any]) -> None:
    """Write schema.json and README.md of a version, from the comments of its DuckDB file.

    Parameters
    ----------
    draft : Path
        Folder of the version, which holds its DuckDB file.
    manifest : dict
        Its version, as_of_date, row_counts and left_out.
    """
    with duckdb.connect(draft / DATABASE, read_only=True) as connection:
        tables = [_table(connection, name, comment, manifest) for name, comment in _tables(connection)]
    schema = {"version": manifest["version"], "as_of_date": manifest["as_of_date"], "tables": tables}
    (draft / SCHEMA).write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    left_out = [f"`{name}` is left out: {_cell(reason)}.\n" for name, reason in sorted(manifest["left_out"].items())]
    head = _HEAD.format(version=manifest["version"], as_of_date=manifest["as_of_date"])
    (draft / PAGE).write_text("\n".join([head, *left_out, *map(_section, tables)]), encoding="utf-8")


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = fetch(connection, "select table_name, comment from duckdb_tables() order by table_name")
    return [(name, comment or "") for name, comment in rows if name != _TABLE_OF_MANIFEST]


def _table(connection: duckdb.DuckDBPyConnection, name: str, comment: str, manifest: dict[str, Any]) -> dict[str, Any]:
    query = "select column_name, data_type, coalesce(comment, '') from duckdb_columns() where table_name = "
    columns = fetch(connection, f"{query}{text(name)} order by column_index")
    return {
        "name": name,
        "file": f"{name}.parquet",
        "rows": manifest["row_counts"][name],
        "description": comment,
        "columns": [{"name": column, "type": kind, "description": words} for column, kind, words in columns],
    }


def _section(table: dict[str, Any]) -> str:
    rows = [f"| `{c['name']}` | {c['type'].lower()} | {_cell(c['description'])} |" for c in table["columns"]]
    lines = [
        f"## {table['name']}\n",
        f"{_cell(table['description'])} {table['rows']:,} rows.\n",
        "| column | type | what it is |",
        "| --- | --- | --- |",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _cell(words: str) -> str:
    """Write text as one line in which nothing is markup or ends a cell."""
    return html.escape(" ".join(words.split()), quote=False).replace("|", "\\|")
