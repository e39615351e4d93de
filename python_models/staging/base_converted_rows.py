"""dbt model: the rows of new files that the database can't read as they are, read by Python as a stream."""

from typing import Any

import pyarrow as pa

from segmentation.intake import ROW_SCHEMA, InvoiceFile, read_rows_without
from segmentation_dbt.fits import before


def model(dbt: Any, session: Any) -> pa.RecordBatchReader:
    files = dbt.ref("base_invoice_files")
    checks = dbt.ref("base_file_checks").filter("not is_intact").select("load_key")
    records = files.join(checks, "load_key", how="semi").order("source_file").to_arrow_table().to_pylist()
    # Who was erased is not read again.
    kept_out = before(dbt, session, "erased_customers")
    erased = (
        frozenset(customer_hash for (customer_hash,) in kept_out.fetchall()) if kept_out is not None else frozenset()
    )
    rows = read_rows_without(map(InvoiceFile.from_record, records), erased)
    return pa.RecordBatchReader.from_batches(ROW_SCHEMA, rows)
