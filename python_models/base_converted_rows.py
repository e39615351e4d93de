"""dbt model: the rows of new files that the database can't read as they are, read by Python as a stream."""

from typing import Any

import pyarrow as pa

from segmentation.intake import ROW_SCHEMA, InvoiceFile, read_rows


def model(dbt: Any, session: Any) -> pa.RecordBatchReader:
    files = dbt.ref("base_invoice_files")
    checks = dbt.ref("base_file_checks").filter("not is_intact").select("load_key")
    records = files.join(checks, "load_key", how="semi").order("source_file").to_arrow_table().to_pylist()
    return pa.RecordBatchReader.from_batches(ROW_SCHEMA, read_rows(map(InvoiceFile.from_record, records)))
