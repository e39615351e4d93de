"""Knows files by what they are that hold no invoice lines, so that the reason of a refusal is the true one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from segmentation.intake.headers import filled, find_header, is_number_or_date
from segmentation.intake.invoice_file import NoInvoiceLinesError

_DATEV = {"EXTF", "DTVF"}
_TOTAL = re.compile(r"\b(sub)?total\b|\bsumme\b|\bgesamt\b|\bsomme\b|\btotale\b|\btotaal\b|\bsuma\b|\bsumma\b", re.I)
_MIN_VALUES = 3


def refuse_foreign_format(rows: Sequence[Sequence[str]]) -> None:
    """Stop at a file of a format that can't hold invoice lines.

    Raises
    ------
    NoInvoiceLinesError
        If it is an export for DATEV, or a report whose customers stand above their lines.
    """
    if rows and rows[0] and rows[0][0].strip(' "\ufeff') in _DATEV:
        raise NoInvoiceLinesError(
            "the file is a DATEV export (EXTF): bookings for an accountant, with dates without a year and one sum an "
            "invoice, not the lines of invoices",
            "export the invoices with their lines (number, full date, customer, article, quantity, price) from the "
            "program that wrote it, as CSV or Excel",
        )
    if heading := _heading_of_group(rows):
        raise NoInvoiceLinesError(
            f"the file is a report in groups: {heading!r} stands alone in a row above the lines that it is about, and "
            "the lines themselves do not say whose they are",
            "export a list in which each row names its customer (in QuickBooks the report Transaction List with the "
            "columns Date, Num, Name, Product/Service, Qty, Sales Price and Amount, not grouped), or write the "
            "customer in each row",
        )


def _heading_of_group(rows: Sequence[Sequence[str]]) -> str:
    """Return the first value that heads a group of rows; empty where the table has no groups."""
    header = find_header(rows)
    body = rows[header + 1 :] if header is not None else []
    headings = [(row[filled(row)[0]].strip(), filled(row)[0]) for row, below in pairwise(body) if _heads(row, below)]
    if not headings:
        return ""
    first, column = headings[0]
    names = {name for name, _ in headings}
    totals = [row for row in body if column < len(row) and _is_total(row[column], names)]
    lines = [row for row in body if len(filled(row)) >= _MIN_VALUES and row not in totals]
    if any(column in filled(row) for row in lines):
        return ""
    is_named = header is not None and column in filled(rows[header])
    return first if len(headings) > 1 or totals or not is_named else ""


def _heads(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row holds nothing but one text, in a column that the full row below it leaves empty."""
    columns = filled(row)
    if len(columns) != 1 or len(filled(below)) < _MIN_VALUES or columns[0] in filled(below):
        return False
    text = row[columns[0]]
    return any(letter.isalpha() for letter in text) and not is_number_or_date(text) and not _TOTAL.search(text)


def _is_total(value: str, names: set[str]) -> bool:
    return bool(_TOTAL.search(value)) or any(name in value for name in names)
