"""The setting column_map: which column holds a field, in all files or in those of a pattern."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import PurePath

from segmentation.intake.headers import normal
from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError

ANY = "*"
"""The pattern of all files that no earlier one fits."""

_PLAIN = re.compile(r"[^\W\d_][\w /.-]*", re.ASCII)
_NOT_TEXT = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"}


@dataclass(frozen=True)
class Table:
    """What a table is called: the path of its file, and in a workbook the sheet."""

    path: str
    sheet: str = ""

    @classmethod
    def of(cls, file: InvoiceFile) -> Table:
        """Return what a file or sheet is called."""
        return cls(file.path, file.sheet) if file.sheet else cls(file.source_file)

    @property
    def pattern(self) -> str:
        """A pattern that means this table: its name without the folders."""
        name = re.sub(r"([*?[])", r"[\1]", PurePath(self.path).name)
        return f"{name}#{self.sheet}" if self.sheet else name

    def fits(self, pattern: str) -> bool:
        """Whether a pattern means this table, or the workbook that it is in."""
        names = (f"{self.path}#{self.sheet}", self.path) if self.sheet else (self.path,)
        return any(fnmatchcase(name, pattern) or fnmatchcase(name, f"*/{pattern}") for name in names)


@dataclass(frozen=True)
class ColumnMap:
    """The columns that are named for some tables.

    Attributes
    ----------
    headers : dict of str to str
        Field to the header of its column, or to its number if there is no header.
    pattern : str
        The files or sheets that are meant; empty for all that have these columns.
    """

    headers: dict[str, str] = field(default_factory=dict)
    pattern: str = ""

    def lacking(self, headers: Sequence[str]) -> list[str]:
        """Return the named columns that a table does not have."""
        present = {normal(header) for header in headers}
        # A column without a name goes by its number.
        present |= {str(number) for number, header in enumerate(headers, 1) if not header.strip() and any(headers)}
        return [header for header in self.headers.values() if normal(header) not in present]

    def must_fit(self, table: Table) -> bool:
        """Whether a table is meant by name; ``*`` means all that have the columns, a workbook some sheet of it."""
        return self.pattern not in ("", ANY) and (not table.sheet or self.pattern.endswith(f"#{table.sheet}"))


class ColumnMaps:
    """The setting as a whole: a header for each field, or such a mapping for each pattern of files.

    Parameters
    ----------
    setting : mapping
    fields : sequence of str
        The fields that there are.

    Raises
    ------
    UnusableFileError
        If it names another field, or if it mixes the two forms.
    """

    def __init__(self, setting: Mapping[str, object], fields: Sequence[str]) -> None:
        nested = {key: value for key, value in setting.items() if isinstance(value, Mapping)}
        if nested and len(nested) < len(setting):
            raise UnusableFileError(
                f"column_map names columns for all files ({', '.join(setting.keys() - nested.keys())}) and for some "
                f"({', '.join(nested)})",
                "write all of it by pattern, and what holds for the others last: "
                "{column_map: {'etsy*.csv': {customer_id: Buyer}, '*': {customer_id: Account}}}",
            )
        self.is_by_pattern = bool(nested)
        given = nested.items() if nested else [("", setting)] if setting else []
        self._maps = [ColumnMap({name: str(header) for name, header in m.items()}, key) for key, m in given]
        self._check_fields(fields)

    def __bool__(self) -> bool:
        return bool(self._maps)

    def __iter__(self) -> Iterator[ColumnMap]:
        return iter(self._maps)

    def of(self, table: Table) -> ColumnMap:
        """Return the mapping that holds for a table by its name: that of the first pattern that fits."""
        return next((m for m in self._maps if not m.pattern or table.fits(m.pattern)), ColumnMap())

    def with_columns(self, columns: Mapping[Table, Mapping[str, str]]) -> dict[str, object]:
        """Return the setting, by pattern, with the columns of more tables."""
        own: dict[str, object] = {table.pattern: dict(headers) for table, headers in columns.items()}
        return own | {m.pattern or ANY: m.headers for m in self._maps if m.pattern not in own}

    def _check_fields(self, fields: Sequence[str]) -> None:
        unknown = sorted({name for m in self._maps for name in m.headers} - set(fields))
        if unknown:
            raise UnusableFileError(
                f"column_map names {', '.join(unknown)}, which is no column of an invoice line",
                f"its keys must be of: {', '.join(fields)}",
            )


def nearest(lacking: Sequence[str], headers: Iterable[str]) -> tuple[dict[str, str], str]:
    """Return what looks most like each of some headers that are not there, and all of them in words."""
    by_name = {normal(h): h for h in headers}
    near = {h: by_name[name] for h in lacking for name in get_close_matches(normal(h), by_name, 1)}
    return near, ", ".join(f"{h} (there is {near[h]})" if h in near else h for h in lacking)


def as_option(column_map: Mapping[str, object]) -> str:
    """Write a column_map as an option of a command, to be pasted into a shell."""
    return "--vars '{column_map: " + _as_yaml(column_map).replace("'", "'\\''") + "}'"


def _as_yaml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_as_yaml(key)}: {_as_yaml(item)}" for key, item in value.items()) + "}"
    text = str(value)
    is_plain = _PLAIN.fullmatch(text) and text.strip() == text and text.lower() not in _NOT_TEXT
    return text if is_plain or text.isdigit() else json.dumps(text, ensure_ascii=False)
