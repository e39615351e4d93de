"""Reads the sheets of Excel and OpenDocument workbooks as rows of text."""

from __future__ import annotations

import datetime
import zipfile
from collections import deque
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook

from segmentation.intake.invoice_file import UnusableFileError


def sheet_names(path: str) -> list[str]:
    """Return the names of the sheets, hidden ones too.

    Raises
    ------
    UnusableFileError
        If the file is no workbook, or is broken or has a password.
    """
    with _open(path) as workbook:
        return list(workbook.sheet_names)


def sheet_rows(path: str, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet that are not blank with their numbers, values as text, all as wide as the widest.

    Whole numbers have no decimals, whatever the sheet shows; dates are written as ``2010-12-01 08:26:00``.
    """
    with _open(path) as workbook:
        for number, row in enumerate(workbook.get_sheet_by_name(sheet).iter_rows(), start=1):
            values = [_text(value) for value in row]
            if any(values):
                yield number, values


def last_sheet_rows(path: str, sheet: str, count: int) -> list[tuple[int, list[str]]]:
    """Return the last rows of a sheet as `sheet_rows` does, the others unread."""
    with _open(path) as workbook:
        rows = deque(enumerate(workbook.get_sheet_by_name(sheet).iter_rows(), start=1), maxlen=count)
    return [(number, [_text(value) for value in row]) for number, row in rows]


def _open(path: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, ValueError) as e:
        if _is_archive(path):
            raise UnusableFileError(
                "the file is a zip archive and no workbook", "unpack it, and name the files that were in it"
            ) from e
        raise UnusableFileError(
            f"the workbook can't be opened: {e}", "save it again without a password, or export the lines as CSV (UTF-8)"
        ) from e


def _is_archive(path: str) -> bool:
    """Whether it is a zip file without the parts of a workbook, such as a shop sends large exports in."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return not {"[Content_Types].xml", "content.xml"} & set(archive.namelist())


def _text(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        # Days are stored as floats: the seconds carry an error of a few microseconds.
        rounded = value + datetime.timedelta(microseconds=500_000)
        return rounded.replace(microsecond=0).isoformat(sep=" ")
    return str(value)
