"""dbt model: what is known of each invoice file before it is read."""

import atexit
import json
import shutil
import tempfile
from typing import Any

import pyarrow as pa

from segmentation.intake import inspect_files


def model(dbt: Any, session: Any) -> pa.Table:
    aliases: dict[str, list[str]] = {}
    for column, header in dbt.ref("invoice_column_aliases").select("column_name, header").fetchall():
        aliases.setdefault(column, []).append(header)
    files = inspect_files(
        dbt.config.meta_get("invoice_files"),
        aliases,
        json.loads(dbt.config.meta_get("column_map")),
        dbt.config.meta_get("profiles_dir"),
        dbt.config.meta_get("encoding"),
        workspace(),
    )
    text, number = pa.string(), pa.int64()
    return pa.table(
        {
            "source_file": pa.array([f.source_file for f in files], text),
            "file_key": pa.array([f.file_key for f in files], number),
            "format": pa.array([f.format for f in files], text),
            "size_bytes": pa.array([f.size_bytes for f in files], number),
            "compression": pa.array([f.compression for f in files], text),
            "encoding": pa.array([f.encoding for f in files], text),
            "delimiter": pa.array([f.delimiter for f in files], text),
            "headers": pa.array([json.dumps(f.headers) for f in files], text),
            "types": pa.array([json.dumps(f.types) for f in files], text),
            "positions": pa.array([json.dumps(f.positions) for f in files], text),
            "read_path": pa.array([f.read_path for f in files], text),
            "problem": pa.array([f.problem for f in files], text),
            "remedy": pa.array([f.remedy for f in files], text),
        }
    )


def workspace() -> str:
    # Copies in UTF-8 are needed until base_invoice_rows has read them, which is in the same process.
    folder = tempfile.mkdtemp(prefix="invoice-files-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
