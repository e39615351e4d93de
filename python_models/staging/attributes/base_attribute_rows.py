"""dbt model: what is read of the tables of customers' attributes, a row a customer and value."""

import json
from typing import Any

import pyarrow as pa

from segmentation.attributes.reading import SCHEMA, Reading, read_files, read_sources
from segmentation.attributes.sources import Source, source_of_arrow
from segmentation_dbt.relations import is_of_spark, rows_of, schema_of, stored_table, table, to_arrow, to_relation


def model(dbt: Any, session: Any) -> Any:
    # Who was erased is not read again.
    kept_out = stored_table(dbt, session, "erased_customers")
    hashes = [] if kept_out is None else rows_of(kept_out, "customer_hash")
    headers = rows_of(dbt.ref("invoice_shapes").filter("field = 'customer_id'"), "header")
    column_map = json.loads(dbt.config.meta_get("attribute_map"))
    attributes = json.loads(dbt.config.meta_get("attributes"))
    kinds = json.loads(dbt.config.meta_get("attribute_kinds"))
    encoding = dbt.config.meta_get("encoding")
    decimal_mark = dbt.config.meta_get("decimal_mark")
    joins_ids = dbt.config.meta_get("join_customer_ids")
    files = dbt.config.meta_get("attribute_files")
    asked_for = dbt.config.meta_get("asked_for")
    profiles_dir = dbt.config.meta_get("profiles_dir")
    reading = Reading(
        keys=frozenset(header for (header,) in headers),
        key=str(column_map.get("customer_id", "")),
        attributes=[str(attribute) for attribute in attributes],
        kinds=kinds,
        encoding=str(encoding or ""),
        decimal_mark=str(decimal_mark or ""),
        joins_ids=str(joins_ids).lower() == "true",
        erased=frozenset(customer_hash for (customer_hash,) in hashes),
    )
    if named := rows_of(dbt.ref("base_attribute_relation"), "source_file", "quoted_name"):
        batches = read_sources([_relation(session, *named[0])], reading)
    else:
        batches = read_files(files, profiles_dir, reading, must_exist=bool(asked_for))
    if is_of_spark(session):
        return to_relation(session, pa.Table.from_batches(batches, SCHEMA))
    # They stream, so that memory does not grow with the number of values.
    return pa.RecordBatchReader.from_batches(SCHEMA, batches)


def _relation(session: Any, name: str, path: str) -> Source:
    found = table(session, path)
    if found is None:
        # A table without columns says what is wrong as any other does.
        return Source(name, (), lambda positions: [])
    quote = "`" if is_of_spark(session) else '"'
    return source_of_arrow(name, lambda columns: to_arrow(found.select(*_quoted(columns, quote))), schema_of(found))


def _quoted(columns: Any, quote: str) -> list[str]:
    return [f"{quote}{column.replace(quote, quote * 2)}{quote}" for column in columns]
