"""dbt model: what is known of each invoice file before it is read, and whether its rows are in the warehouse."""

import json
from typing import Any

import duckdb
import pyarrow as pa

from segmentation.intake import InvoiceFile, ShapeColumn, inspect_files, inspect_relation

SCHEMA = pa.schema(
    [
        (name, {"str": pa.string(), "int": pa.int64(), "bool": pa.bool_()}.get(kind.split(" ")[0], pa.string()))
        for name, kind in InvoiceFile.__annotations__.items()
    ]
    + [("is_loaded", pa.bool_()), ("loaded_at", pa.timestamp("us"))]
)


def model(dbt: Any, session: Any) -> pa.Table:
    shape_columns = [
        ShapeColumn(*row)
        for row in dbt.ref("invoice_shapes")
        .order("preference")
        .select("shape, field, header, is_required, is_of_order")
        .fetchall()
    ]
    column_map = json.loads(dbt.config.meta_get("column_map"))
    is_fresh = dbt.config.meta_get("full_refresh") == "True"
    before = {} if is_fresh else {row["load_key"]: row for row in rows_of(session, f"select * from {dbt.this}")}
    loaded = set()
    if not is_fresh:
        rows = str(dbt.this).replace(dbt.this.identifier, "base_invoice_rows")
        loaded = {row["load_key"] for row in rows_of(session, f"select distinct load_key from {rows}")}

    if relation := dbt.config.meta_get("invoice_relation"):
        files = [look_at(session, relation, shape_columns, column_map, dbt.config.meta_get("invoice_shape"))]
    else:
        files = inspect_files(
            dbt.config.meta_get("invoice_files"),
            shape_columns,
            column_map,
            dbt.config.meta_get("invoice_shape"),
            dbt.config.meta_get("encoding"),
            dbt.config.meta_get("profiles_dir"),
            [InvoiceFile.from_record(row) for row in before.values()],
            dbt.config.meta_get("keep_vanished_files") == "True",
        )
    records = []
    for file in files:
        is_loaded = file.load_key in loaded and file.format != "relation"
        loaded_at = before[file.load_key]["loaded_at"] if is_loaded and file.load_key in before else None
        records.append(file.as_record() | {"is_loaded": is_loaded, "loaded_at": loaded_at})
    return pa.Table.from_pylist(records, schema=SCHEMA)


def look_at(
    session: Any, relation: str, shape_columns: list[ShapeColumn], column_map: dict[str, str], shape: str
) -> InvoiceFile:
    try:
        # A query, since session.table does not find views.
        headers = session.sql(f"select * from {relation} limit 0").columns
    except duckdb.Error as e:
        problem = f"the table or view can't be read: {str(e).splitlines()[0]}"
        remedy = "check invoice_relation: schema and name, as in raw.invoice_lines, in the warehouse's own file"
        return InvoiceFile(relation, relation, format="relation", problem=problem, remedy=remedy)
    return inspect_relation(relation, headers, shape_columns, column_map, shape)


def rows_of(session: Any, query: str) -> list[dict[str, Any]]:
    try:
        return session.sql(query).to_arrow_table().to_pylist()
    except duckdb.CatalogException:
        # Not built yet.
        return []
