"""dbt model: what is known of each invoice file before it is read, and whether its rows are in the warehouse."""

import datetime
import json
import re
from typing import Any

import pyarrow as pa

from segmentation.intake import InvoiceFile, ShapeColumn, inspect_files, inspect_relation
from segmentation_dbt.relations import quoted, result, rows_of, table, to_arrow

SCHEMA = (
    InvoiceFile.schema().append(pa.field("is_loaded", pa.bool_())).append(pa.field("loaded_at", pa.timestamp("us")))
)


def model(dbt: Any, session: Any) -> Any:
    shape_columns = dbt.ref("invoice_shapes").sort("preference")
    columns = [
        ShapeColumn(*row) for row in rows_of(shape_columns, "shape", "field", "header", "is_required", "is_of_order")
    ]
    column_map = json.loads(dbt.config.meta_get("column_map"))
    shape = dbt.config.meta_get("invoice_shape")

    before: dict[int, dict[str, Any]] = {}
    loaded: set[int] = set()
    if (files_before := table(session, str(dbt.this))) is not None:
        before = {row["load_key"]: row for row in to_arrow(files_before).to_pylist()}
    if (rows := table(session, str(dbt.this).replace(dbt.this.identifier, "base_invoice_rows"))) is not None:
        loaded = {load_key for (load_key,) in rows_of(rows.select("load_key").distinct(), "load_key")}

    if name := dbt.config.meta_get("invoice_relation"):
        path = quoted(session, re.findall(r'[^."`]+', name))
        found = table(session, path)
        files = [inspect_relation(name, path, found.columns if found is not None else [], columns, column_map, shape)]
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
        # A table has no version that would say whether it changed.
        is_loaded = file.load_key in loaded and file.format != "relation"
        if file.is_present or is_loaded:
            loaded_at = before[file.load_key]["loaded_at"] if is_loaded and file.load_key in before else now
            records.append(file.as_record() | {"is_loaded": is_loaded, "loaded_at": loaded_at})
    return result(session, pa.Table.from_pylist(records, schema=SCHEMA))
