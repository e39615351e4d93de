"""Tables beside the invoices, of any format that invoices may have: headers first, then some of the columns.

A source reads all that is asked of it as text. What kind a file is of, its encoding and its broken rows are found out
as of invoice files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segmentation.intake.delimited import split_rows
from segmentation.intake.headers import TITLE_ROWS
from segmentation.intake.invoice_file import UnusableFileError
from segmentation.intake.paths import find_paths
from segmentation.intake.text_columns import read_columns
from segmentation.intake.text_encoding import decode, inspect_text
from segmentation.intake.workbook import sheet_names, sheet_rows

IsHeader = Callable[[Sequence[str]], bool]

WHITE_SPACE = " \t\n\r\xa0"

GUARDED = r"^'([=+\-@\t\r])"
"""What a spreadsheet takes for the beginning of a formula, behind the apostrophe that guards it."""

_DELIMITERS = (",", ";", "\t", "|")
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Source:
    """A table that can be read.

    Attributes
    ----------
    name : str
        Path of the file, with ``#`` and the sheet of a workbook, or name of the table.
    headers : tuple of str
        Names of the columns.
    read : callable
        Returns the columns at some positions, each an array of strings with all rows.
    has_points : frozenset of int
        Positions of columns whose numbers have a point before their decimals, because they were no text.
    """

    name: str
    headers: tuple[str, ...]
    read: Callable[[Sequence[int]], list[pa.Array]]
    has_points: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Problem:
    """Why a table can't be used, and what to do."""

    name: str
    problem: str
    remedy: str


def find_sources(
    patterns: str, fallback_dir: str, is_header: IsHeader, encoding: str = "", setting: str = ""
) -> tuple[list[Source], list[Problem]]:
    """Return the tables of the files that patterns match, and what is wrong with those that can't be read.

    Parameters
    ----------
    patterns : str
        Paths or globs, separated by commas.
    fallback_dir : str
        Where relative patterns are looked up that match nothing from the working directory.
    is_header : callable
        Whether a row is the header.
    encoding : str, default ""
        Of text; found out for each file where it is empty.
    setting : str, default ""
        The var that has the patterns. Where it is given, it is a problem if one of them matches nothing.
    """
    found = find_paths(patterns, fallback_dir)
    problems = [
        Problem(pattern, "no file matches it", f"correct {setting}: a path or a pattern such as crm/*.csv")
        for pattern, matched in found.items()
        if setting and not matched
    ]
    sources: list[Source] = []
    for path in sorted({path for matched in found.values() for path in matched}):
        try:
            sources += sources_of(path, is_header, encoding)
        except UnusableFileError as e:
            problems.append(Problem(path, e.problem, e.remedy))
    return sources, problems


def sources_of(path: str, is_header: IsHeader, encoding: str = "") -> Iterator[Source]:
    """Yield the tables of a file: one, or one a sheet of a workbook that has such a header.

    Parameters
    ----------
    path : str
    is_header : callable
        Whether a row is the header; of one of the first ten rows it has to be true. If it is true of none the first
        stands for it, and of workbooks that of the first sheet.
    encoding : str, default ""
        Of text; found out where it is empty.

    Raises
    ------
    UnusableFileError
        If it can't be read.
    """
    try:
        with Path(path).open("rb") as f:
            start = f.read(4)
        if not start:
            raise UnusableFileError("the file is empty", "export it again, or take it out of the folder")
        if os.fsencode(path).decode(errors="replace") != path:
            raise UnusableFileError("the name of the file is not UTF-8", "rename the file")
        if start == b"%PDF":
            raise UnusableFileError("the file is not a table but a PDF document", "export the table as CSV instead")
        if start == b"PAR1":
            yield _parquet(path)
        elif start.startswith(_WORKBOOKS):
            yield from _sheets(path, is_header)
        else:
            compression = next((name for magic, name in _COMPRESSIONS.items() if start.startswith(magic)), "none")
            yield _text(path, is_header, compression, encoding)
    except OSError as e:
        problem = f"it can't be opened: {e.strerror or e}"
        raise UnusableFileError(problem, "make it readable, or take it out of the folder") from e


def source_of_arrow(name: str, read: Callable[[Sequence[str]], pa.Table], schema: pa.Schema) -> Source:
    """Return a table with types as a source.

    Parameters
    ----------
    name : str
    read : callable
        Returns columns by their names.
    schema : pyarrow.Schema
        Names and types of all columns.
    """
    headers = tuple(schema.names)

    def columns(positions: Sequence[int]) -> list[pa.Array]:
        found = read([headers[position] for position in positions])
        return [_as_text(column) for column in found.columns]

    is_text = [pa.types.is_string(type_) or pa.types.is_large_string(type_) for type_ in schema.types]
    return Source(name, headers, columns, frozenset(n for n, text in enumerate(is_text) if not text))


def _as_text(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_floating(column.type):
        # As people write it: 34 and not 34.0.
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    text = column.cast(pa.string()).combine_chunks()
    return text if isinstance(text, pa.Array) else pa.concat_arrays(text.chunks)


def _parquet(path: str) -> Source:
    try:
        schema = pq.read_schema(path)
    except (OSError, ValueError) as e:
        raise UnusableFileError(f"the file is a broken Parquet file: {e}", "write it again") from e
    return source_of_arrow(path, lambda names: pq.ParquetFile(path).read(columns=list(names)).select(names), schema)


def _sheets(path: str, is_header: IsHeader) -> Iterator[Source]:
    first: Source | None = None
    is_found = False
    for sheet in sheet_names(path):
        rows = [values for _, values in islice(sheet_rows(path, sheet), TITLE_ROWS)]
        if not rows:
            continue
        place = next((n for n, row in enumerate(rows) if is_header(row)), None)
        source = _sheet(path, sheet, rows[place or 0], place or 0)
        first = first or source
        if place is not None:
            is_found = True
            yield source
    if first is None:
        raise UnusableFileError("the workbook has no rows", "export it again, or take it out of the folder")
    if not is_found:
        yield first


def _sheet(path: str, sheet: str, headers: Sequence[str], place: int) -> Source:
    def columns(positions: Sequence[int]) -> list[pa.Array]:
        rows = [values for _, values in islice(sheet_rows(path, sheet), place + 1, None)]
        return [pa.array([row[position] for row in rows], pa.string()) for position in positions]

    return Source(
        f"{path}#{sheet}", tuple(map(str.strip, headers)), columns, frozenset(n for n, _ in enumerate(headers))
    )


def text_of(path: str, compression: str = "none", encoding: str = "") -> str:
    """Return the text of a file.

    Parameters
    ----------
    path : str
    compression : {"none", "gzip", "zstd"}, default "none"
    encoding : str, default ""
        Found out where it is empty.

    Raises
    ------
    UnusableFileError
        If it is of another encoding.
    """
    try:
        return "".join(decode(path, compression, encoding or inspect_text(path, compression).encoding)).lstrip("\n")
    except (UnicodeDecodeError, LookupError) as e:
        raise UnusableFileError(f"the file is not {encoding} text", "set the var encoding to the one it has") from e


def _text(path: str, is_header: IsHeader, compression: str, encoding: str) -> Source:
    text = text_of(path, compression, encoding)
    delimiter, header_end, headers = header_of(text, is_header)

    def columns(positions: Sequence[int]) -> list[pa.Array]:
        # What is in a row may be personal.
        return read_columns(text, header_end, delimiter, len(headers), positions, "table", shows_row=False)

    return Source(path, headers, columns)


def header_of(text: str, is_header: IsHeader) -> tuple[str, int, tuple[str, ...]]:
    """Return the delimiter of a text, where the rows begin below its header, and the headers, which are in one line."""
    lines: list[tuple[str, int]] = []
    start = 0
    while len(lines) < TITLE_ROWS and start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        lines.append((text[start:end], end + 1))
        start = end + 1
    first = lines[0]
    found: list[tuple[int, str, int, list[str]]] = []
    for delimiter in _DELIMITERS:
        for line, end in lines:
            headers = _values(line, delimiter)
            if is_header(headers):
                found.append((len(headers), delimiter, end, headers))
                break
    if found:
        _, delimiter, end, headers = max(found, key=lambda one: one[0])
    else:
        delimiter, end = max(_DELIMITERS, key=first[0].count), first[1]
        headers = _values(first[0], delimiter)
    return delimiter, end, tuple(name.strip(WHITE_SPACE) for name in headers)


def _values(line: str, delimiter: str) -> list[str]:
    row = next(split_rows([line], delimiter, 0), None)
    return [value.strip(WHITE_SPACE) for value in row[1]] if row and row[1] else []
