"""dbt model: the rows of new files that the database can't read as they are, read by Python as a stream."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from segmentation.intake import ROW_SCHEMA, InvoiceFile, read_rows_without
from segmentation_dbt.relations import map_batches, rows_of


def model(dbt: Any, session: Any) -> Any:
    checks = dbt.ref("base_file_checks").filter("not is_intact").select("load_key")
    files = dbt.ref("base_invoice_files").join(checks, "load_key", how="semi")
    # Who was erased is not read again.
    kept_out = dbt.ref("base_erased_customers")
    erased = frozenset(customer_hash for (customer_hash,) in rows_of(kept_out, "customer_hash"))

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from read_rows_without(map(InvoiceFile.from_record, batch.to_pylist()), erased)

    # A file is read by one task, and so are its rows in their order.
    return map_batches(session, [(files.sort("source_file"), read)], ROW_SCHEMA, tasks=len(rows_of(checks, "load_key")))
