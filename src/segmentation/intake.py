"""Looks at invoice files before a database does: format, encoding, delimiter and which column is which.

A file is described, never repaired here. What can't be used carries a ``problem`` and a ``remedy`` written
for the person who made the export.
"""

from __future__ import annotations

import codecs
import csv
import glob
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow.parquet as pq

COLUMNS = (
    "invoice_id",
    "product_code",
    "description",
    "quantity",
    "unit_price",
    "invoiced_at",
    "customer_id",
    "country",
)
"""The canonical columns of an invoice line."""

REQUIRED_COLUMNS = ("invoice_id", "quantity", "unit_price", "invoiced_at", "customer_id")
"""Without these a line can't be counted for anybody."""

DELIMITERS = (",", ";", "\t", "|")

_CHUNK = 8 << 20
_SAMPLE = 1 << 20
_SIGNATURES = {
    b"PK\x03\x04": (
        "an Excel workbook or a zip archive",
        "save it as CSV (UTF-8) and point invoice_files at that",
    ),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save it as CSV (UTF-8) and point invoice_files at that"),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "decompress it, or compress it with gzip"),
    b"%PDF": ("a PDF document", "export the invoice lines as CSV instead"),
}


@dataclass(frozen=True)
class InvoiceFile:
    """What is known of one invoice file.

    Attributes
    ----------
    source_file : str
        The path, as the pattern matched it.
    file_key : int
        A number of 31 bits that stands for the file in line ids; it depends on the path alone.
    format : str
        ``csv`` (any delimiter) or ``parquet``.
    size_bytes : int
        Size on disk.
    compression : str
        ``none`` or ``gzip``; always ``none`` for Parquet.
    encoding : str
        ``utf-8``; empty for Parquet.
    delimiter : str
        One character; empty for Parquet.
    headers : tuple of str
        The column names in the file, in order.
    positions : dict of str to int
        Canonical column to its position in ``headers``; columns that the file lacks are absent.
    problem, remedy : str or None
        Why the file can't be used and what to do about it; both None where it can be used.
    """

    source_file: str
    file_key: int = 0
    format: str = "csv"
    size_bytes: int = 0
    compression: str = "none"
    encoding: str = ""
    delimiter: str = ""
    headers: tuple[str, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)
    problem: str | None = None
    remedy: str | None = None


class _UnusableFileError(Exception):
    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def inspect_files(
    patterns: str,
    aliases: Mapping[str, Sequence[str]],
    column_map: Mapping[str, str] | None = None,
    fallback_dir: str = ".",
) -> list[InvoiceFile]:
    """Describe every file that the patterns match, in order of path.

    Parameters
    ----------
    patterns : str
        One path or glob (``**`` included), or several separated by commas or line ends. A path that exists
        as it stands is never read as a glob.
    aliases : mapping of str to sequence of str
        Canonical column to the headers it goes by; case, blanks and punctuation do not matter.
    column_map : mapping of str to str, optional
        Canonical column to the header it has in these files; takes precedence over `aliases`.
    fallback_dir : str, default "."
        Where relative patterns are looked up that match nothing from the working directory.

    Returns
    -------
    list of InvoiceFile
        At least one element: a pattern that matches nothing is reported as a file with a problem.
    """
    if unknown := sorted(set(column_map or {}) - set(COLUMNS)):
        problem = f"column_map names {', '.join(unknown)}, which is no column of an invoice line"
        return [InvoiceFile(patterns, problem=problem, remedy=f"its keys must be of: {', '.join(COLUMNS)}")]
    files: list[InvoiceFile] = []
    paths: set[str] = set()
    for pattern in _split(patterns):
        matched = _match(pattern) or _match(os.path.join(fallback_dir, pattern))
        if not matched:
            files.append(
                InvoiceFile(
                    pattern,
                    problem="no file matches",
                    remedy=f"check the path; it was looked up from the folder {os.getcwd()}",
                )
            )
        paths.update(matched)
    keys = _file_keys(sorted(paths))
    files.extend(_inspect(path, keys[path], aliases, column_map or {}) for path in sorted(paths))
    return files


def _split(patterns: str) -> list[str]:
    if os.path.exists(patterns):
        return [patterns]
    return [p.strip() for p in re.split(r"[,\n]", patterns) if p.strip()] or [patterns]


def _match(pattern: str) -> list[str]:
    if os.path.isdir(pattern):
        pattern = os.path.join(glob.escape(pattern), "*")
    elif os.path.exists(pattern):
        return [pattern]
    return [path for path in glob.glob(pattern, recursive=True) if not os.path.isdir(path)]


def _file_keys(paths: Iterable[str]) -> dict[str, int]:
    """Give each path a number of 31 bits; two paths that collide are told apart in order of path."""
    keys: dict[str, int] = {}
    taken: set[int] = set()
    for path in paths:
        key = zlib.crc32(path.encode("utf-8", "surrogatepass")) & 0x7FFFFFFF
        while key in taken:
            key = (key + 1) & 0x7FFFFFFF
        taken.add(key)
        keys[path] = key
    return keys


def _inspect(path: str, key: int, aliases: Mapping[str, Sequence[str]], column_map: Mapping[str, str]) -> InvoiceFile:
    size = 0
    try:
        size = os.path.getsize(path)
        if size == 0:
            raise _UnusableFileError("the file is empty", "export it again, or leave it out of invoice_files")
        start = _read_start(path)
        if start.startswith(b"PAR1"):
            headers = _parquet_headers(path)
            positions = _positions(headers, aliases, column_map)
            return InvoiceFile(path, key, "parquet", size, headers=headers, positions=positions)
        compression = "gzip" if start.startswith(b"\x1f\x8b") else "none"
        sample = _checked_sample(path, compression)
        delimiter, headers = _dialect(sample, aliases, column_map)
        positions = _positions(headers, aliases, column_map)
        return InvoiceFile(path, key, "csv", size, compression, "utf-8", delimiter, headers, positions)
    except _UnusableFileError as e:
        return InvoiceFile(path, key, size_bytes=size, problem=e.problem, remedy=e.remedy)
    except OSError as e:
        return InvoiceFile(
            path,
            key,
            size_bytes=size,
            problem=f"the file can't be read: {e.strerror or e}",
            remedy="check its permissions and whether it is whole",
        )


def _read_start(path: str) -> bytes:
    with Path(path).open("rb") as f:
        start = f.read(4)
    for signature, (what, remedy) in _SIGNATURES.items():
        if start.startswith(signature):
            raise _UnusableFileError(f"the file is not a text table but {what}", remedy)
    return start


def _parquet_headers(path: str) -> tuple[str, ...]:
    try:
        return tuple(pq.ParquetFile(path).schema_arrow.names)
    except (OSError, ValueError) as e:
        raise _UnusableFileError(f"the file is a broken Parquet file: {e}", "write it again") from e


def _checked_sample(path: str, compression: str) -> str:
    """Read the whole file once to be sure that it is UTF-8 text; return its beginning."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    sample, offset, lines = "", 0, 0
    try:
        with _open(path, compression) as f:
            while chunk := f.read(_CHUNK):
                if b"\0" in chunk:
                    row = lines + chunk[: chunk.index(b"\0")].count(b"\n") + 1
                    raise _UnusableFileError(
                        f"the file is not a text table: it holds a NUL byte in text line {row}",
                        "export it as CSV (UTF-8); a UTF-16 export has to be converted",
                    )
                try:
                    text = decoder.decode(chunk)
                except UnicodeDecodeError as e:
                    row = lines + chunk[: max(e.start, 0)].count(b"\n") + 1
                    raise _UnusableFileError(
                        f"the file is not UTF-8: text line {row} holds the byte 0x{e.object[e.start]:02x}",
                        "save it as UTF-8, for example: iconv -f cp1252 -t utf-8 FILE > FILE.utf8.csv",
                    ) from e
                if len(sample) < _SAMPLE:
                    sample += text[: _SAMPLE - len(sample)]
                offset += len(chunk)
                lines += chunk.count(b"\n")
    except (EOFError, zlib.error, gzip.BadGzipFile) as e:
        raise _UnusableFileError(f"the gzip file is broken: {e}", "fetch or compress it again") from e
    if not sample.strip():
        raise _UnusableFileError("the file is empty", "export it again, or leave it out of invoice_files")
    return sample


def _open(path: str, compression: str) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(path) if compression == "gzip" else Path(path).open("rb"))


def _dialect(
    sample: str, aliases: Mapping[str, Sequence[str]], column_map: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """Choose the delimiter under which the header names most of the columns that are looked for."""
    known = _headers_by_column(aliases, column_map)

    def header(delimiter: str) -> tuple[str, ...]:
        try:
            return tuple(next(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), ()))
        except csv.Error:
            return ()

    def fit(delimiter: str) -> tuple[int, int]:
        names = {_normal(h) for h in header(delimiter)}
        return sum(not names.isdisjoint(headers) for headers in known.values()), len(names)

    best = max(DELIMITERS, key=fit)
    headers = header(best)
    if len(headers) < len(REQUIRED_COLUMNS):
        shown = sample.lstrip().splitlines()[0][:80]
        raise _UnusableFileError(
            f"the file is not a table with a header: its first line is {shown!r}",
            "export invoice lines as CSV with the column names in the first line",
        )
    return best, headers


def _positions(
    headers: Sequence[str], aliases: Mapping[str, Sequence[str]], column_map: Mapping[str, str]
) -> dict[str, int]:
    """Find the canonical columns among the headers."""
    known = _headers_by_column(aliases, column_map)
    normal = [_normal(h) for h in headers]
    positions: dict[str, int] = {}
    for column, names in known.items():
        found = [i for i, name in enumerate(normal) if name in names]
        if len(found) > 1:
            raise _UnusableFileError(
                f"several columns could be the {column}: {', '.join(headers[i] for i in found)}",
                f"name the right one: --vars '{{column_map: {{{column}: {headers[found[0]]}}}}}'",
            )
        if found:
            positions[column] = found[0]
    missing = [c for c in REQUIRED_COLUMNS if c not in positions]
    if missing:
        raise _UnusableFileError(
            f"no column for {', '.join(missing)} among: {', '.join(headers)[:300]}",
            f"say which it is: --vars '{{column_map: {{{missing[0]}: YOUR COLUMN NAME}}}}'",
        )
    return positions


def _headers_by_column(aliases: Mapping[str, Sequence[str]], column_map: Mapping[str, str]) -> dict[str, set[str]]:
    return {
        column: {_normal(column_map[column])}
        if column in column_map
        else {_normal(name) for name in (column, *aliases.get(column, ()))}
        for column in COLUMNS
    }


def _normal(header: str) -> str:
    """Fold case, blanks and punctuation: ``Customer ID`` and ``customer_id`` are the same header."""
    return re.sub(r"[\W_]+", "", header).casefold()
