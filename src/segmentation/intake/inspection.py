"""Looks at invoice files before a database does: format, encoding, delimiter, shape and which column is which.

What can't be used carries a problem and a remedy, written for the person who made the export.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from segmentation.intake.column_map import ColumnMaps, Table
from segmentation.intake.conversion import file_rows
from segmentation.intake.delimited import Row, split_rows
from segmentation.intake.headers import TITLE_ROWS
from segmentation.intake.invoice_file import (
    READER_VERSION,
    STRUCTURE_VERSION,
    InvoiceFile,
    LacksColumnsError,
    NoInvoiceLinesError,
    UnusableFileError,
    load_key,
)
from segmentation.intake.paths import find_paths, number_files
from segmentation.intake.recognition import recognise
from segmentation.intake.refusals import refuse_all
from segmentation.intake.row_evidence import SAMPLE_ROWS, with_last_totals, with_row_structure
from segmentation.intake.row_structure import GROUP_HEADINGS, ORDER_ROWS, TOTAL_ROWS, marked_rows
from segmentation.intake.sampling import parquet_rows, spread_rows, text_rows
from segmentation.intake.shapes import FIELDS, Layout, ShapeColumn, Shapes
from segmentation.intake.tables_together import judge_together
from segmentation.intake.text_encoding import UTF_8, WINDOWS, TextKind, decode, inspect_text
from segmentation.intake.unread_words import Words
from segmentation.intake.workbook import last_sheet_rows, sheet_names

DELIMITERS = (",", ";", "\t", "|", " ")

_SAMPLE = 1 << 20
_HASH_PIECE = 8 << 20
_SAMPLE_ROWS = 100
_LAST_ROWS = 20
_LAST_BYTES = 1 << 16
# Whether a last row is the sum of all takes the whole file: of a larger one it is left to be rejected.
_MAX_SIZE_FOR_TOTALS = 64 << 20
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def inspect_files(
    patterns: str,
    shape_columns: Sequence[ShapeColumn],
    column_map: Mapping[str, object] | None = None,
    shape: str = "",
    encoding: str = "",
    fallback_dir: str = ".",
    known: Iterable[InvoiceFile] = (),
    keep_vanished: bool = False,
    words: Words | None = None,
) -> list[InvoiceFile]:
    """Describe every file that the patterns match, and every sheet of workbooks among them, in order of name.

    Parameters
    ----------
    patterns : str
        One path or glob (``**`` included), or several separated by commas or line ends.
    shape_columns : sequence of ShapeColumn
        The shapes that are known.
    column_map : mapping, optional
        Field to the header it has in these files, or to its number if there is no header; or pattern of files to such
        a mapping.
    shape : str, default ""
        The shape of all files; found out for each where it is empty.
    encoding : str, default ""
        Encoding of all text files; found out for each where it is empty.
    fallback_dir : str, default "."
        Where relative patterns are looked up that match nothing from the working directory.
    known : iterable of InvoiceFile, optional
        What was found before. A file that did not change since is not opened.
    keep_vanished : bool, default False
        Whether known files that are gone are kept in the list.
    words : Words, optional
        What is asked about in columns that are not read; nothing where it is missing.

    Returns
    -------
    list of InvoiceFile
        At least one element: a pattern that matches nothing is reported as a file with a problem.
    """
    known = [file for file in known if file.format != "relation"]
    try:
        column_maps = ColumnMaps(column_map or {}, FIELDS)
        shapes = Shapes(shape_columns, shape)
    except UnusableFileError as e:
        return [InvoiceFile(patterns, problem=e.problem, remedy=e.remedy)]
    settings = [
        READER_VERSION,
        STRUCTURE_VERSION,
        [asdict(c) for c in shape_columns],
        list((column_map or {}).items()),
        shape,
        encoding,
        asdict(words or Words()),
    ]
    settings_hash = hashlib.blake2b(json.dumps(settings, default=str).encode()).hexdigest()
    inspector = _Inspector(shapes, column_maps, encoding, words or Words(), settings_hash, known)

    files: list[InvoiceFile] = []
    matched = find_paths(patterns, fallback_dir)
    paths = sorted({path for found in matched.values() for path in found})
    for path in paths:
        files.extend(inspector.inspect(path))
    if keep_vanished:
        gone = [file for file in known if file.path not in paths and file.problem is None]
        files.extend(replace(file, is_present=False) for file in gone)
    for pattern, found in matched.items():
        if not found and not (keep_vanished and files):
            remedy = f"check the path; it was looked up from the folder {os.getcwd()}"
            files.append(InvoiceFile(pattern, problem="no file matches", remedy=remedy))
    numbers = number_files([f.source_file for f in files], {f.source_file: f.file_key for f in known if f.file_key})
    numbered = [replace(f, file_key=numbers[f.source_file], load_key=load_key(f)) for f in files]
    judged = judge_together(numbered, inspector.passed_over, shapes, column_maps)
    return sorted(judged, key=lambda f: f.source_file)


def inspect_relation(
    name: str,
    path: str,
    headers: Sequence[str],
    shape_columns: Sequence[ShapeColumn],
    column_map: Mapping[str, object] | None = None,
    shape: str = "",
    records: Sequence[dict[str, object]] = (),
    words: Words | None = None,
) -> InvoiceFile:
    """Describe a table of a database.

    Parameters
    ----------
    name : str
        What it is called.
    path : str
        The same, quoted for SQL.
    headers : sequence of str
        Names of its columns; of none if there is no such table.
    shape_columns, column_map, shape, words
        As in `inspect_files`.
    records : sequence of dict
        Some of its rows.
    """
    if not headers:
        remedy = (
            "name it as schema.table in the var invoice_relation, and build it first, or as ref('project', 'model')"
        )
        return InvoiceFile(name, problem="there is no such table or view", remedy=remedy)
    try:
        shapes, column_maps = Shapes(shape_columns, shape), ColumnMaps(column_map or {}, FIELDS)
        layout = recognise(shapes, [list(headers)], column_maps, Table(name))
        file = replace(InvoiceFile(name, path, format="relation", is_readable=True), **asdict(layout))
        refuse_all(file, text_rows(records), column_maps, words or Words())
    except UnusableFileError as e:
        return InvoiceFile(name, problem=e.problem, remedy=e.remedy)
    file = replace(file, header_row=-1, file_key=number_files([name], {})[name], load_key=load_key(file))
    return judge_together([file], {}, shapes, column_maps)[0]


class _Inspector:
    def __init__(
        self,
        shapes: Shapes,
        column_maps: ColumnMaps,
        encoding: str,
        words: Words,
        settings_hash: str,
        known: Iterable[InvoiceFile],
    ) -> None:
        self.passed_over: dict[str, UnusableFileError] = {}
        """Why a sheet was passed over, by its name."""
        self._shapes = shapes
        self._column_maps = column_maps
        self._encoding = encoding
        self._words = words
        self._settings_hash = settings_hash
        self._known: dict[str, list[InvoiceFile]] = {}
        for file in known:
            self._known.setdefault(file.path, []).append(file)

    def inspect(self, path: str) -> list[InvoiceFile]:
        """Describe a file; a workbook gives one description a sheet."""
        size = 0
        shown = os.fsencode(path).decode(errors="replace")
        if shown != path:
            problem, remedy = "the name of the file is not UTF-8", "rename the file"
            return [InvoiceFile(shown, shown, problem=problem, remedy=remedy)]
        try:
            stat = os.stat(path)
            size = stat.st_size
            signature = f"{size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"
            known = self._known.get(path, [])
            if known and all(self._is_current(file, signature) for file in known):
                return [replace(file, is_present=True) for file in known]
            if size == 0:
                raise _empty()
            file = InvoiceFile(path, path, size_bytes=size, signature=signature, settings_hash=self._settings_hash)
            # Both go through the whole of the file: side by side they take half as long.
            with ThreadPoolExecutor(1) as pool:
                content_hash = pool.submit(_hash, path)
                files = self._look_into(file)
            return [replace(f, content_hash=content_hash.result()) for f in files]
        except UnusableFileError as e:
            return [InvoiceFile(path, path, size_bytes=size, headers=e.headers, problem=e.problem, remedy=e.remedy)]
        except OSError as e:
            problem, remedy = f"the file can't be read: {e.strerror or e}", "check its permissions, and fetch it again"
            return [InvoiceFile(path, path, size_bytes=size, problem=problem, remedy=remedy)]

    def _is_current(self, file: InvoiceFile, signature: str) -> bool:
        return (file.signature, file.settings_hash, file.problem) == (signature, self._settings_hash, None)

    def _look_into(self, file: InvoiceFile) -> list[InvoiceFile]:
        with Path(file.path).open("rb") as f:
            start = f.read(4)
        if start == b"PAR1":
            return [self._parquet(file)]
        if start.startswith(_WORKBOOKS):
            return [self._sheet(file, sheet) for sheet in sheet_names(file.path)]
        if start == b"%PDF":
            raise UnusableFileError(
                "the file is not a text table but a PDF document", "export the invoice lines as CSV instead"
            )
        compression = next((name for magic, name in _COMPRESSIONS.items() if start.startswith(magic)), "none")
        return [self._text(replace(file, compression=compression))]

    def _parquet(self, file: InvoiceFile) -> InvoiceFile:
        try:
            parquet = pq.ParquetFile(file.path)
        except (OSError, ValueError) as e:
            raise UnusableFileError(f"the file is a broken Parquet file: {e}", "write it again") from e
        schema = parquet.schema_arrow
        layout = recognise(self._shapes, [schema.names], self._column_maps, Table.of(file))
        types, rows = tuple(map(str, schema.types)), parquet.metadata.num_rows
        file = replace(file, format="parquet", types=types, row_count=rows, is_readable=True, **asdict(layout))
        self._refuse(file, parquet_rows(file))
        return replace(file, header_row=-1)

    def _sheet(self, file: InvoiceFile, sheet: str) -> InvoiceFile:
        file = replace(file, source_file=f"{file.path}#{sheet}", format="excel", sheet=sheet)
        rows = list(islice(file_rows(file), SAMPLE_ROWS))
        titled = [values for _, values, _ in rows[:_SAMPLE_ROWS] if values]
        try:
            layout = recognise(self._shapes, titled, self._column_maps, Table.of(file))
            recognised = replace(file, **asdict(layout))
            first = rows[layout.header_row + 1 :]
            self._refuse(recognised, first if len(rows) < SAMPLE_ROWS else spread_rows(recognised, first))
            return _structured(recognised, rows)
        except NoInvoiceLinesError as e:
            self.passed_over[file.source_file] = e
            return file
        except UnusableFileError as e:
            return replace(file, headers=e.headers, problem=e.problem, remedy=e.remedy)

    def _text(self, file: InvoiceFile) -> InvoiceFile:
        encoding = self._encoding
        try:
            kind = TextKind(encoding, is_readable=False) if encoding else inspect_text(file.path, file.compression)
            encoding = kind.encoding
            pieces = decode(file.path, file.compression, encoding)
            sample = "".join(islice(pieces, 1))[:_SAMPLE]
            if encoding not in (UTF_8, WINDOWS):
                # What does not fit is better found now than when the rows are read.
                for _ in pieces:
                    pass
        except UnicodeDecodeError as e:
            problem, remedy = f"the file is not {encoding} text: {e.reason}", "set the var encoding to the one it has"
            raise UnusableFileError(problem, f"{remedy}, or leave it empty") from e
        except LookupError as e:
            problem = f"the var encoding is {encoding}, which is not known"
            raise UnusableFileError(problem, "name one such as utf-8, cp1252 or latin-1") from e
        if not sample.strip():
            raise _empty()
        samples = {delimiter: _sample_rows(sample, delimiter) for delimiter in DELIMITERS}
        delimiter, layout = self._split(file, samples)
        described = replace(
            file,
            encoding=encoding,
            delimiter=delimiter,
            row_count=kind.line_count - layout.header_row - 1 if kind.line_count else -1,
            is_readable=kind.is_readable and layout.header_row <= 0 and delimiter != " ",
            **asdict(layout),
        )
        # The last row of the sample may be half of one.
        whole = sample if len(sample) < _SAMPLE else sample[: sample.rfind("\n") + 1]
        split = split_rows(io.StringIO(whole), delimiter, len(layout.headers))
        rows = list(islice(split, SAMPLE_ROWS))
        first = rows[layout.header_row + 1 :]
        is_whole = len(sample) < _SAMPLE
        self._refuse(described, [*first, *split] if is_whole else spread_rows(described, first))
        return _structured(described, rows)

    def _refuse(self, file: InvoiceFile, rows: Sequence[Row]) -> None:
        refuse_all(file, rows, self._column_maps, self._words)

    def _split(self, file: InvoiceFile, samples: dict[str, list[list[str]]]) -> tuple[str, Layout]:
        """Return the delimiter of a file, of which the first rows were split by each, and its layout."""
        named = self._column_maps.of(Table.of(file)).headers

        def score(delimiter: str) -> tuple[int, bool, int]:
            rows = samples[delimiter][:TITLE_ROWS]
            fields, width = max(((self._shapes.known_columns(row, named), len(row)) for row in rows), default=(0, 0))
            # Blanks are in most headers, whatever else separates them.
            return fields, delimiter != " " and width > 1, width

        by_score = sorted(DELIMITERS, key=score, reverse=True)
        refused: UnusableFileError | None = None
        # Without a header nothing speaks for a delimiter but the shape itself.
        for delimiter in [by_score[0], *(d for d in DELIMITERS if d != by_score[0])]:
            try:
                return delimiter, recognise(self._shapes, samples[delimiter], self._column_maps, Table.of(file))
            except (NoInvoiceLinesError, LacksColumnsError) as e:
                refused = refused or e
        raise refused or _empty()


def _structured(file: InvoiceFile, sample: Sequence[Row]) -> InvoiceFile:
    file = with_row_structure(file, sample)
    is_whole = len(sample) < SAMPLE_ROWS and (file.format == "excel" or file.size_bytes < _SAMPLE)
    if not is_whole and TOTAL_ROWS not in file.row_structure and file.size_bytes < _MAX_SIZE_FOR_TOTALS:
        file = with_last_totals(file, file_rows(file), _last_rows(file))
    if {ORDER_ROWS, GROUP_HEADINGS} & set(file.row_structure):
        # What contradicts it is better found now than when the rows are read.
        for _ in marked_rows(file_rows(file), file):
            pass
    return file


def _last_rows(file: InvoiceFile) -> list[Row]:
    """Return the last rows of a file, those of most text too, with numbers that mean nothing."""
    if file.format == "excel":
        found = last_sheet_rows(file.path, file.sheet, _LAST_ROWS)
        return [(number, values, ",".join(values)) for number, values in found]
    if file.compression != "none" or file.encoding not in (UTF_8, WINDOWS):
        return []
    with Path(file.path).open("rb") as f:
        f.seek(max(0, file.size_bytes - _LAST_BYTES))
        _, _, text = f.read().decode(UTF_8, "replace").partition("\n")
    lines = text.replace("\r", "\n").rstrip("\n")
    return list(split_rows([lines], file.delimiter, len(file.headers)))[-_LAST_ROWS:]


def _sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    rows = split_rows(io.StringIO(sample), delimiter, 0)
    return [values or [text] for _, values, text in islice(rows, _SAMPLE_ROWS)]


def _hash(path: str) -> str:
    digest = hashlib.blake2b()
    with Path(path).open("rb", buffering=0) as f:
        # In large pieces, so that a thread beside this one does not hold it up at each.
        while piece := f.read(_HASH_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _empty() -> UnusableFileError:
    return UnusableFileError("the file is empty", "export it again, or leave it out of invoice_files")
