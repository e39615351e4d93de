"""dbt model: what is known of each invoice file before it is read, and whether its rows are in the warehouse."""

import datetime
import json
from typing import Any

import pyarrow as pa

from segmentation.intake import InvoiceFile, ShapeColumn, Words, inspect_files, inspect_relation, with_content
from segmentation_dbt.relations import checksum, result, rows_of, table, to_arrow

SCHEMA = (
    InvoiceFile.schema().append(pa.field("is_loaded", pa.bool_())).append(pa.field("loaded_at", pa.timestamp("us")))
)

ROWS_LOOKED_AT = 10_000


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

    statuses = rows_of(dbt.ref("order_statuses"), "order_status", "meaning")
    types = rows_of(dbt.ref("document_types"), "document_type", "meaning")
    meanings = {
        "order_status": {word: meaning != "stands" for word, meaning in statuses},
        # Yes and no may answer any question.
        "is_returned": {word: meaning != "sale" for word, meaning in types if meaning != "returned_sale"},
    }
    ignored = json.loads(dbt.config.meta_get("ignored_columns"))
    words = Words(meanings, ignored, dbt.config.meta_get("discount_unit"))

    if named := rows_of(dbt.ref("base_invoice_relation"), "source_file", "quoted_name"):
        ((name, path),) = named
        found = table(session, path)
        headers = found.columns if found is not None else []
        rows = to_arrow(found.limit(ROWS_LOOKED_AT)).to_pylist() if headers else []
        file = inspect_relation(name, path, headers, columns, column_map, shape, rows, words)
        # Of the columns that are read, whatever the order of the rows: others may tell when each row was written.
        read = [file.headers[position] for position in file.positions.values()]
        files = [file if file.problem else with_content(file, checksum(found, read))]
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
            words,
        )
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    records = []
    for file in files:
        is_loaded = file.load_key in loaded
        if file.is_present or is_loaded:
            loaded_at = before[file.load_key]["loaded_at"] if is_loaded and file.load_key in before else now
            records.append(file.as_record() | {"is_loaded": is_loaded, "loaded_at": loaded_at})
    return result(session, pa.Table.from_pylist(records, schema=SCHEMA))
