"""dbt model: what is read of the tables of customers' attributes, a row a customer and value."""

import json
from typing import Any

import pyarrow as pa

from segmentation.attributes.reading import SCHEMA, Reading, read_files, read_sources
from segmentation_dbt.relations import is_of_spark, rows_of, to_relation
from segmentation_dbt.tables import named_source


def model(dbt: Any, session: Any) -> Any:
    # Who was erased is not read again.
    kept_out = dbt.ref("base_erased_customers")
    erased = frozenset(customer_hash for (customer_hash,) in rows_of(kept_out, "customer_hash"))
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
        erased=erased,
    )
    if named := named_source(session, dbt.ref("base_attribute_relation"), "attribute_relation"):
        batches = read_sources([named], reading)
    else:
        batches = read_files(files, profiles_dir, reading, must_exist=bool(asked_for))
    if is_of_spark(session):
        return to_relation(session, pa.Table.from_batches(batches, SCHEMA))
    # They stream, so that memory does not grow with the number of values.
    return pa.RecordBatchReader.from_batches(SCHEMA, batches)
