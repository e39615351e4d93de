"""Looks at invoice files before a database does: format, encoding, delimiter and which column is which.

Text that is not UTF-8, or whose lines end in different ways, is copied for the database to read. What can't
be used carries a ``problem`` and a ``remedy`` written for the person who made the export.
"""

from __future__ import annotations

import csv
import glob
import io
import os
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from segmentation.text_encoding import TextKind, decode, inspect_text

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

_SAMPLE = 1 << 20
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_SIGNATURES = {
    b"PK\x03\x04": (
        "an Excel workbook or a zip archive",
        "save it as CSV (UTF-8) and point invoice_files at that",
    ),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save it as CSV (UTF-8) and point invoice_files at that"),
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
        ``none``, ``gzip`` or ``zstd``, of what is at `read_path`; always ``none`` for Parquet.
    encoding : str
        ``utf-8``, ``utf-16-le``, ``utf-16-be``, ``cp1252`` or the one that was asked for; empty for Parquet.
    delimiter : str
        One character; empty for Parquet.
    headers : tuple of str
        The column names in the file, in order.
    types : tuple of str
        Their types in a Parquet file; empty for text, which has none. Files of different types are read apart:
        a reader of several would give all of them the types of the first.
    positions : dict of str to int
        Canonical column to its position in ``headers``; columns that the file lacks are absent.
    read_path : str
        Where the database reads it: the file itself, or its copy in UTF-8.
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
    types: tuple[str, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)
    read_path: str = ""
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
    encoding: str = "",
    workspace: str = "",
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
    encoding : str, default ""
        Encoding of all text files; found out for each where it is empty.
    workspace : str, default ""
        Folder for copies in UTF-8 of the files that have another encoding; the working directory where empty.

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
    files.extend(_inspect(path, keys[path], aliases, column_map or {}, encoding, workspace) for path in sorted(paths))
    return files


def _split(patterns: str) -> list[str]:
    if _match(patterns):
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


def _inspect(
    path: str,
    key: int,
    aliases: Mapping[str, Sequence[str]],
    column_map: Mapping[str, str],
    encoding: str,
    workspace: str,
) -> InvoiceFile:
    size = 0
    try:
        size = os.path.getsize(path)
        if size == 0:
            raise _UnusableFileError("the file is empty", "export it again, or leave it out of invoice_files")
        start = _read_start(path)
        if start.startswith(b"PAR1"):
            headers, types = _parquet_columns(path)
            positions = _positions(headers, aliases, column_map)
            return InvoiceFile(
                path, key, "parquet", size, headers=headers, types=types, positions=positions, read_path=path
            )
        compression = next((name for magic, name in _COMPRESSIONS.items() if start.startswith(magic)), "none")
        encoding, read_path, sample = _prepare_text(path, key, compression, encoding, workspace)
        if not sample.strip():
            raise _UnusableFileError("the file is empty", "export it again, or leave it out of invoice_files")
        delimiter, headers = _dialect(sample, aliases, column_map)
        positions = _positions(headers, aliases, column_map)
        if read_path != path:
            compression = "none"
        return InvoiceFile(path, key, "csv", size, compression, encoding, delimiter, headers, (), positions, read_path)
    except _UnusableFileError as e:
        return InvoiceFile(path, key, size_bytes=size, problem=e.problem, remedy=e.remedy)
    except OSError as e:
        problem = f"the file can't be read: {e.strerror or e}"
        return InvoiceFile(
            path,
            key,
            size_bytes=size,
            problem=problem,
            remedy="check its permissions, and fetch it again if it is broken",
        )


def _read_start(path: str) -> bytes:
    with Path(path).open("rb") as f:
        start = f.read(4)
    for signature, (what, remedy) in _SIGNATURES.items():
        if start.startswith(signature):
            raise _UnusableFileError(f"the file is not a text table but {what}", remedy)
    return start


def _parquet_columns(path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        schema = pq.ParquetFile(path).schema_arrow
        return tuple(schema.names), tuple(str(column_type) for column_type in schema.types)
    except (OSError, ValueError) as e:
        raise _UnusableFileError(f"the file is a broken Parquet file: {e}", "write it again") from e


def _prepare_text(path: str, key: int, compression: str, encoding: str, workspace: str) -> tuple[str, str, str]:
    """Settle the encoding; return it, the path of UTF-8 text and the beginning of that."""
    try:
        kind = TextKind(encoding, is_readable=False) if encoding else inspect_text(path, compression)
        encoding = kind.encoding
        pieces = decode(path, compression, encoding)
        if kind.is_readable:
            return encoding, path, "".join(islice(pieces, 1))[:_SAMPLE]
        converted, sample = os.path.join(workspace, f"{key}.csv"), ""
        with Path(converted).open("w", encoding="utf-8", newline="") as target:
            for piece in pieces:
                target.write(piece)
                sample += piece[: _SAMPLE - len(sample)]
    except UnicodeDecodeError as e:
        raise _UnusableFileError(
            f"the file is not {encoding} text: {e.reason}", "set the var encoding to the one it has, or leave it empty"
        ) from e
    except LookupError as e:
        raise _UnusableFileError(
            f"the var encoding is {encoding}, which is not known", "name one such as utf-8, cp1252 or latin-1"
        ) from e
    return encoding, converted, sample


def _dialect(
    sample: str, aliases: Mapping[str, Sequence[str]], column_map: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """Choose the delimiter under which the header names most of the columns that are looked for."""
    known = _headers_by_column(aliases, column_map)

    def header(delimiter: str) -> tuple[str, ...]:
        try:
            rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            return tuple(next((row for row in rows if row), ()))
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
                f"name the right one: --vars '{{column_map: {{{column}: {headers[found[0]]}}}}}'"
                if len({normal[i] for i in found}) > 1
                else "they have the same name: rename one of them in the file",
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
