"""Knows files by what they are that hold no invoice lines, so that the reason of a refusal is the true one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from segmentation.intake.headers import TITLE_ROWS, filled, find_header, is_number_or_date, normal
from segmentation.intake.invoice_file import NoInvoiceLinesError

_DATEV = {"EXTF", "DTVF"}
_DATEV_HEADERS = {"sollhabenkennzeichen", "belegdatum", "belegfeld1"}
_TOTAL = re.compile(r"\b(sub)?total\b|\bsumme\b|\bgesamt\b|\bsomme\b|\btotale\b|\btotaal\b|\bsuma\b|\bsumma\b", re.I)
_MIN_VALUES = 3


def refuse_foreign_format(rows: Sequence[Sequence[str]], customers_are_named: bool = False) -> None:
    """Stop at a file of a format that can't hold invoice lines.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first rows of the table.
    customers_are_named : bool, default False
        Whether it was said in which column the customers are; then they may stand in rows above their lines.

    Raises
    ------
    NoInvoiceLinesError
        If it is an export for DATEV, or a report whose customers stand above their lines.
    """
    if _is_datev(rows):
        raise NoInvoiceLinesError(
            "the file is a DATEV export (EXTF): bookings for an accountant, with dates without a year and one sum an "
            "invoice, not the lines of invoices",
            "export the invoices with their lines (number, full date, customer, article, quantity, price) from the "
            "program that wrote it, as CSV or Excel",
        )
    if customers_are_named:
        return
    header = find_header(rows)
    body = rows[header + 1 :] if header is not None else []
    headings = _headings(body)
    if headings and not _is_filled(body, headings):
        text, column = headings[0]
        is_named = header is not None and column in filled(rows[header])
        if len(headings) > 1 or _totals(body, headings) or not is_named:
            raise _report(text)


def refuse_headings(rows: Sequence[Sequence[str]], header: int) -> None:
    """Stop at a table without customers whose lines stand in groups below a row with one text.

    Raises
    ------
    NoInvoiceLinesError
        If there are two such rows, and their column has no other text.
    """
    body = rows[header + 1 :]
    headings = _headings(body)
    if len(headings) > 1 and not _is_filled(body, headings, is_number_or_date):
        raise _report(headings[0][0])


def _is_datev(rows: Sequence[Sequence[str]]) -> bool:
    is_marked = bool(rows and rows[0]) and rows[0][0].strip(' "\ufeff') in _DATEV
    return is_marked or any({normal(value) for value in row} >= _DATEV_HEADERS for row in rows[:TITLE_ROWS])


def _report(heading: str) -> NoInvoiceLinesError:
    return NoInvoiceLinesError(
        f"the file is a report in groups: {heading!r} stands alone in a row above the lines that it is about, and "
        "the lines themselves do not say whose they are",
        "export a list in which each row names its customer (in QuickBooks the report Transaction List with the "
        "columns Date, Num, Name, Product/Service, Qty, Sales Price and Amount, not grouped), or write the "
        "customer in each row",
    )


def _headings(body: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    """Return the texts that stand alone in a row above a full one, each with its column: that of the first."""
    alone = [row for row, below in pairwise(body) if _heads(row) and len(filled(below)) >= _MIN_VALUES]
    columns = [filled(row)[0] for row in alone]
    return [(row[n].strip(), n) for row, n in zip(alone, columns, strict=True) if n == columns[0]]


def _heads(row: Sequence[str]) -> bool:
    """Whether a row holds nothing but one text."""
    columns = filled(row)
    text = row[columns[0]] if len(columns) == 1 else ""
    return any(letter.isalpha() for letter in text) and not is_number_or_date(text) and not _TOTAL.search(text)


def _totals(body: Sequence[Sequence[str]], headings: Sequence[tuple[str, int]]) -> list[Sequence[str]]:
    """Return the rows that add up a group: their first text says so, or names the group."""
    column, names = headings[0][1], {name for name, _ in headings}
    texts = [(row, row[column]) for row in body if column < len(row) and len(filled(row)) > 1]
    return [row for row, text in texts if _TOTAL.search(text) or any(name in text for name in names)]


def _is_filled(
    body: Sequence[Sequence[str]],
    headings: Sequence[tuple[str, int]],
    passes: Callable[[str], bool] = lambda value: False,
) -> bool:
    """Whether the lines of a table have values of their own in the column of the headings."""
    column, totals = headings[0][1], _totals(body, headings)
    lines = [row for row in body if len(filled(row)) >= _MIN_VALUES and row not in totals and column < len(row)]
    return any(row[column].strip() and not passes(row[column]) for row in lines)
