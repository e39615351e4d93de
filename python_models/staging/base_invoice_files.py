"""dbt model: what is known of each invoice file before it is read, and whether its rows are in the warehouse."""

import datetime
import json
from typing import Any

import duckdb
import pyarrow as pa

from segmentation.intake import InvoiceFile, ShapeColumn, inspect_files, inspect_relation, with_content

SCHEMA = (
    InvoiceFile.schema().append(pa.field("is_loaded", pa.bool_())).append(pa.field("loaded_at", pa.timestamp("us")))
)


def model(dbt: Any, session: Any) -> pa.Table:
    shape_columns = dbt.ref("invoice_shapes").order("preference")
    columns = [
        ShapeColumn(*row) for row in shape_columns.select("shape, field, header, is_required, is_of_order").fetchall()
    ]
    column_map = json.loads(dbt.config.meta_get("column_map"))
    shape = dbt.config.meta_get("invoice_shape")

    before: dict[int, dict[str, Any]] = {}
    loaded: set[int] = set()
    if (files_before := table(session, str(dbt.this))) is not None:
        before = {row["load_key"]: row for row in files_before.to_arrow_table().to_pylist()}
    if (rows := table(session, str(dbt.this).replace(dbt.this.identifier, "base_invoice_rows"))) is not None:
        loaded = {load_key for (load_key,) in rows.select("load_key").distinct().fetchall()}

    if named := dbt.ref("base_invoice_relation").project("source_file, quoted_name").fetchall():
        ((name, path),) = named
        found = table(session, path)
        file = inspect_relation(name, path, found.columns if found is not None else [], columns, column_map, shape)
        files = [file if file.problem else with_content(file, content_of(found, file))]
    else:
        files = inspect_files(
            dbt.config.meta_get("invoice_files"),
            columns,
            column_map,
            shape,
            dbt.config.meta_get("encoding"),
            dbt.config.meta_get("profiles_dir"),
            [InvoiceFile.from_record(row) for row in before.values()],
            dbt.config.meta_get("keep_vanished_files"),
        )
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    records = []
    for file in files:
        is_loaded = file.load_key in loaded
        if file.is_present or is_loaded:
            loaded_at = before[file.load_key]["loaded_at"] if is_loaded and file.load_key in before else now
            records.append(file.as_record() | {"is_loaded": is_loaded, "loaded_at": loaded_at})
    return pa.Table.from_pylist(records, schema=SCHEMA)


def table(session: Any, name: str) -> Any:
    try:
        return session.sql(f"from {name}")
    except duckdb.CatalogException:
        # Not built yet.
        return None


def content_of(relation: Any, file: InvoiceFile) -> str:
    # Of the columns that are read, whatever the order of the rows: others may tell when each row was written.
    columns = ", ".join('"' + file.headers[position].replace('"', '""') + '"' for position in file.positions.values())
    return str(relation.aggregate(f"count(*), sum(cast(hash({columns}) as hugeint))").fetchall())
