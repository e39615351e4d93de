"""Takes rows from all over a table, so that what stands only in a later part of it is seen before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from segmentation.intake.conversion import file_rows
from segmentation.intake.delimited import Row, split_rows
from segmentation.intake.invoice_file import InvoiceFile
from segmentation.intake.text_encoding import UTF_8, WINDOWS, decode

PIECES = 32
_PIECE_BYTES = 1 << 16
_LARGE_WORKBOOK = 8 << 20
_LARGE_STREAM = 32 << 20
_STREAM_PIECE = 1 << 17
_ROWS = 20_000
_STEP = 20
_ROWS_OF_GROUP = 2_000


def spread_rows(file: InvoiceFile, first: Sequence[Row]) -> list[Row]:
    """Return the first rows of a table and rows from all parts of it, if that takes no pass through a large file.

    Parameters
    ----------
    file : InvoiceFile
        With its layout.
    first : sequence of Row
        The first rows below the header. Of workbooks above 8 MiB, and of text above 32 MiB that is compressed or
        neither UTF-8 nor cp1252, there are no others.

    Returns
    -------
    list of Row
        Of text 32 pieces of 64 KiB more; of text that has to be read from its begin the first and last 128 KiB of each
        piece of 8 MiB; of a sheet 20,000 rows and each twentieth of the others. Their numbers mean nothing.
    """
    if file.format == "excel":
        if file.size_bytes > _LARGE_WORKBOOK:
            return list(first)
        rows = islice(file_rows(file), file.header_row + 1, None)
        return [*islice(rows, _ROWS), *islice(rows, 0, None, _STEP)]
    found = list(first)
    if file.compression != "none" or file.encoding not in (UTF_8, WINDOWS):
        if file.size_bytes <= _LARGE_STREAM:
            for text in decode(file.path, file.compression, file.encoding):
                found += _whole_rows(text[:_STREAM_PIECE], file)
                # A line end more, because the last line may be the last of the file.
                found += _whole_rows(text[_STREAM_PIECE:][-_STREAM_PIECE:] + "\n", file)
        return found
    with Path(file.path).open("rb") as f:
        for piece in range(1, PIECES + 1):
            f.seek(max(0, file.size_bytes * piece // PIECES - _PIECE_BYTES))
            text = f.read(_PIECE_BYTES).decode("utf-8" if file.encoding == UTF_8 else "cp1252", "replace")
            found += _whole_rows(text.replace("\r\n", "\n").replace("\r", "\n"), file)
    return found


def _whole_rows(text: str, file: InvoiceFile) -> list[Row]:
    # Neither the first line nor the last one is whole.
    lines = text.split("\n")[1:-1]
    split = split_rows(["\n".join(lines)], file.delimiter, len(file.headers))
    return [row for row in split if row[1] is not None]


def parquet_rows(file: InvoiceFile) -> list[Row]:
    """Return rows of each part of a Parquet file as text; empty where there is no value."""
    parquet = pq.ParquetFile(file.path)
    groups = parquet.metadata.num_row_groups
    chosen = sorted({groups * piece // PIECES for piece in range(PIECES)}) if groups else []
    rows: list[Row] = []
    for group in chosen:
        batch = next(parquet.iter_batches(_ROWS_OF_GROUP, row_groups=[group]), None)
        if batch is not None:
            rows += text_rows(batch.to_pylist())
    return rows


def text_rows(records: Sequence[dict[str, object]]) -> list[Row]:
    """Return records of values as rows of text; empty where there is no value."""
    return [(0, ["" if value is None else str(value) for value in record.values()], "") for record in records]
