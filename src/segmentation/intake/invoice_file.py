"""What is known of an invoice file, and why one can't be used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import pyarrow as pa

_CONTENT_OF_ROWS = ("encoding", "delimiter", "sheet", "header_row", "headers", "types", "shape", "positions")
READER_VERSION = 2
"""Raised when the same file would be described or read in another way than before, so that it is read again."""

STRUCTURE_VERSION = 1
"""Raised when rows that depend on each other would be found or read in another way; others are not read again."""


class UnusableFileError(Exception):
    """A file can't be used; says why, what the person who made it can do, and the headers where they are known."""

    def __init__(self, problem: str, remedy: str, headers: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.headers = headers


class NoInvoiceLinesError(UnusableFileError):
    """A table does not look like one of invoice lines; a sheet of a workbook may be passed over then."""


class LacksColumnsError(UnusableFileError):
    """A table that is meant by its name does not have the columns that were named for it."""


@dataclass(frozen=True)
class InvoiceFile:
    """What is known of one invoice file, or of one sheet of a workbook.

    Attributes
    ----------
    source_file : str
        The path, as the pattern matched it; for a sheet with ``#`` and its name.
    path : str
        Where it is read.
    sheet : str
        Name of the sheet in a workbook; empty for other files.
    file_key : int
        A number of 29 bits that stands for `source_file` in line ids; it depends on the name alone.
    load_key : int
        A number of 63 bits that stands for the rows: it depends on the name, the content and on how it is read.
    format : str
        ``csv`` (any delimiter), ``parquet``, ``excel`` or ``relation`` (a table of the warehouse).
    size_bytes : int
        Size on disk.
    signature : str
        Size, times and inode of the file. While it stays the same the file is not looked at again.
    content_hash : str
        Of the bytes on disk; a file that was only touched is not read again.
    settings_hash : str
        Of the settings that the file was looked at with.
    compression : str
        ``none``, ``gzip`` or ``zstd``; ``none`` for anything but text.
    encoding : str
        ``utf-8``, ``utf-16-le``, ``utf-16-be``, ``cp1252`` or the one that was asked for; empty unless text.
    delimiter : str
        One character, a blank for any run of blanks; empty unless text.
    header_row : int
        Rows above the header, 0 where it comes first; -1 if there is no header.
    headers : tuple of str
        The column names in order; ``1``, ``2``, … if there is no header.
    types : tuple of str
        Types of the columns in a Parquet file; empty for others. Files of different types are read apart: a
        reader of several would give all of them the types of the first.
    shape : str
        Name of the shape that the columns follow; ``none`` for a sheet that holds no invoice lines.
    positions : dict of str to int
        Field to its position in `headers`; fields that the file lacks are absent.
    order_fields : tuple of str
        The fields that are on one row of an order and hold for all of it.
    row_structure : dict of str to tuple of int
        How rows depend on each other, as `segmentation.intake.row_structure` calls it, with the positions of the
        columns in which they do; empty where each row stands for itself.
    row_count : int
        Rows below the header, if each line is one; -1 where that is not known.
    is_readable : bool
        Whether a database may be able to read it as it is.
    is_present : bool
        False where the file is gone and its rows are kept.
    problem, remedy : str or None
        Why the file can't be used and what to do about it; both None where it can be used.
    """

    source_file: str
    path: str = ""
    sheet: str = ""
    file_key: int = 0
    load_key: int = 0
    format: str = "csv"
    size_bytes: int = 0
    signature: str = ""
    content_hash: str = ""
    settings_hash: str = ""
    compression: str = "none"
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    headers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    shape: str = "none"
    positions: dict[str, int] = field(default_factory=dict)
    order_fields: tuple[str, ...] = ()
    row_structure: dict[str, tuple[int, ...]] = field(default_factory=dict)
    row_count: int = -1
    is_readable: bool = False
    is_present: bool = True
    problem: str | None = None
    remedy: str | None = None

    @classmethod
    def schema(cls) -> pa.Schema:
        """Return the schema of a table of files."""
        types = {"int": pa.int64(), "bool": pa.bool_()}
        return pa.schema([(f.name, types.get(str(f.type), pa.string())) for f in fields(cls)])

    def as_record(self) -> dict[str, Any]:
        """Return the attributes with lists and mappings as JSON, for a row of a table."""
        return {
            name: json.dumps(value) if isinstance(value, tuple | dict) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> InvoiceFile:
        """Make a file of what `as_record` returned, also of an earlier version without the structure of rows.

        Keys that are no attributes are passed over.
        """
        record = {"row_structure": "{}"} | record
        values = {f.name: record[f.name] for f in fields(cls)}
        for name in ("headers", "types", "order_fields"):
            values[name] = tuple(json.loads(values[name]))
        values["positions"] = json.loads(values["positions"])
        structure = json.loads(values["row_structure"])
        values["row_structure"] = {name: tuple(columns) for name, columns in structure.items()}
        return cls(**values)


def load_key(file: InvoiceFile) -> int:
    """Return a number for the rows of a file; the same name, content and way of reading give the same number."""
    values = asdict(file)
    content = [READER_VERSION, file.source_file, file.content_hash, *(values[name] for name in _CONTENT_OF_ROWS)]
    # Files whose rows stand for themselves keep the numbers that they had before there was a structure.
    content += [STRUCTURE_VERSION, file.row_structure] if file.row_structure else []
    digest = hashlib.blake2b(json.dumps(content).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def with_content(file: InvoiceFile, content_hash: str) -> InvoiceFile:
    """Return a file with a hash of what it holds, and the load_key that follows from it.

    Parameters
    ----------
    file : InvoiceFile
        As it was found.
    content_hash : str
        Another one wherever other rows would be read.
    """
    file = replace(file, content_hash=content_hash)
    return replace(file, load_key=load_key(file))
