"""Reads the rows of files that a database can't read as they are: as text, in batches, nothing left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa

from segmentation.intake.delimited import Row, split_rows
from segmentation.intake.invoice_file import InvoiceFile
from segmentation.intake.row_structure import Marked, marked_rows
from segmentation.intake.shapes import LINE_FIELDS, OTHER_FIELDS
from segmentation.intake.text_encoding import decode
from segmentation.intake.workbook import sheet_rows

ROW_SCHEMA = pa.schema(
    [(name, pa.string()) for name in LINE_FIELDS]
    + [
        ("other_fields", pa.string()),
        ("load_key", pa.int64()),
        ("source_row", pa.int64()),
        ("unread_hash", pa.string()),
    ]
)
"""What a row of an invoice file is read into; other_fields holds the further fields as a JSON object.

unread_hash tells rows apart that differ in columns which are no fields only; null where there are no such columns.
"""

UNREADABLE = "unreadable"
"""The key in other_fields under which a row that can't be read keeps its text."""

PASSED_OVER = "passed_over"
"""The key in other_fields of a row that is no line, with what it is: repeated_header, total_row or order_row."""

_BATCH = 50_000


def read_rows(files: Iterable[InvoiceFile]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of files in their order, in batches of the schema `ROW_SCHEMA`.

    An empty value is null. A row that can't be split into the columns of the header has nothing but its text, in
    other_fields. Where rows depend on each other they are read as `marked_rows` says, and what is no line says so in
    other_fields.

    Parameters
    ----------
    files : iterable of InvoiceFile
        Text files and sheets of workbooks.
    """
    for file in files:
        rows = marked_rows(file_rows(file), file)
        while batch := list(islice(rows, _BATCH)):
            yield _batch(file, batch)


def file_rows(file: InvoiceFile) -> Iterator[Row]:
    """Yield all rows of a text file or of a sheet, the header among them."""
    width = len(file.headers)
    if file.format == "excel":
        return ((number, values, ",".join(values)) for number, values in sheet_rows(file.path, file.sheet))
    return split_rows(decode(file.path, file.compression, file.encoding), file.delimiter, width)


def _batch(file: InvoiceFile, marked: list[Marked]) -> pa.RecordBatch:
    rows = [row for row, _ in marked]
    columns = [_column(rows, file.positions.get(name)) for name in LINE_FIELDS]
    others = {name: position for name, position in file.positions.items() if name in OTHER_FIELDS}
    further = [_further_fields(row, mark, others) for row, mark in marked]
    keys = pa.repeat(pa.scalar(file.load_key, pa.int64()), len(rows))
    numbers = pa.array([number for number, _, _ in rows], pa.int64())
    hashes = _unread_hashes(file, rows)
    return pa.record_batch([*columns, pa.array(further, pa.string()), keys, numbers, hashes], schema=ROW_SCHEMA)


def _column(rows: list[Row], position: int | None) -> pa.Array:
    if position is None:
        return pa.nulls(len(rows), pa.string())
    return pa.array([values[position] or None if values else None for _, values, _ in rows], pa.string())


def _unread_hashes(file: InvoiceFile, rows: list[Row]) -> pa.Array:
    unread = sorted(set(range(len(file.headers))) - set(file.positions.values()))
    if not unread:
        return pa.nulls(len(rows), pa.string())
    # As the macro file_unread_hash makes it.
    return pa.array([_hash([values[n] for n in unread]) if values else None for _, values, _ in rows], pa.string())


def _hash(values: list[str]) -> str:
    text = "\x1f".join(values).encode("utf-8", "surrogatepass")
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def _further_fields(row: Row, mark: str, positions: dict[str, int]) -> str | None:
    _, values, text = row
    passed_over = {PASSED_OVER: mark} if mark else {}
    if values is None:
        return json.dumps(passed_over | {UNREADABLE: text}, ensure_ascii=False)
    if not positions and not passed_over:
        return None
    # Written as a database writes it: the text of a row is the same, whoever read it.
    found = {name: values[position] or None for name, position in positions.items()}
    return json.dumps(passed_over | found, ensure_ascii=False, separators=(",", ":"))
