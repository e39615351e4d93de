"""Numbers in cells as exact decimals, and sums of them, to tell rows that are sums; no figure is made of these."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

MARKS = (".", ",")
"""The decimal marks that are tried: a sum that agrees shows which one is meant."""

LINE_MONEY = -1
"""Stands for a column: the amount of a line, or its quantity times its price."""

_SIGN = r"[-\u2212+]?"
_CURRENCY = r"(?:[^\W\d_]{1,3}\.?)?[^\w\s.,()%+\u2212-]?"
_NUMBER = re.compile(
    rf"(\()?({_SIGN})\s*{_CURRENCY}\s*({_SIGN})\s*(\d[\d.,\s\u2019']*|[.,]\d+)\s*{_CURRENCY}\s*({_SIGN})(\))?"
)
_GROUPS = re.compile(r"\d+|\d{1,3}(?:[.,\s\u2019']\d{2,3})*[.,\s\u2019']\d{3}")
_NO_DIGIT = re.compile(r"\D")


def read_number(text: str, mark: str) -> Decimal | None:
    """Return the number in a cell, with its sign and without currency and grouping; None if it is none.

    Parameters
    ----------
    text : str
        Such as ``$1,234.50``, ``1.234,50 EUR``, ``12,00-`` or ``(3.75)``.
    mark : {".", ","}
        What stands before the decimals.
    """
    match = _NUMBER.fullmatch(text.strip().lstrip("'"))
    if match is None or bool(match[1]) != bool(match[6]):
        return None
    whole, _, decimals = match[4].strip().partition(mark)
    if (whole and not _GROUPS.fullmatch(whole)) or (decimals and not decimals.isdigit()):
        return None
    is_negative = bool(match[1]) or bool({"-", "\u2212"} & set(match.group(2, 3, 5)))
    number = Decimal(f"{_NO_DIGIT.sub('', whole) or '0'}.{decimals or '0'}")
    return -number if is_negative else number


def measure(values: Sequence[str], column: int, positions: Mapping[str, int], mark: str) -> Decimal | None:
    """Return what a row counts in a column, 0 where it is empty; None where it can't be read.

    Parameters
    ----------
    values : sequence of str
    column : int
        Position of the column, or `LINE_MONEY`.
    positions : mapping of str to int
        Of the fields.
    mark : {".", ","}
    """
    if column != LINE_MONEY:
        return read_number(values[column], mark) if values[column].strip() else Decimal(0)
    amount, price, quantity = (_cell(values, positions, name) for name in ("amount", "unit_price", "quantity"))
    if amount or not price:
        return read_number(amount, mark) if amount else Decimal(0)
    factors = (read_number(price, mark), read_number(quantity, mark) if quantity else Decimal(1))
    return None if None in factors else Decimal(factors[0] or 0) * Decimal(factors[1] or 0)


def _cell(values: Sequence[str], positions: Mapping[str, int], field: str) -> str:
    return values[positions[field]].strip() if field in positions else ""


class RunningSums:
    """Sums of columns over the lines so far, with each decimal mark, and where a sum may begin.

    Parameters
    ----------
    columns : sequence of int
        Positions of columns, or `LINE_MONEY`.
    positions : mapping of str to int
        Of the fields.
    """

    def __init__(self, columns: Sequence[int], positions: Mapping[str, int]) -> None:
        self._cells = [(column, mark) for column in columns for mark in MARKS]
        self._positions = positions
        # Beside each sum, of how many cells that can't be read.
        self._sums = [(Decimal(0), 0)] * len(self._cells)
        self._beginnings = [{found} for found in self._sums]
        self._invoice = self._sums

    def add(self, values: Sequence[str]) -> None:
        """Add a line."""
        for n, (column, mark) in enumerate(self._cells):
            total, unread = self._sums[n]
            number = measure(values, column, self._positions, mark)
            self._sums[n] = (total, unread + 1) if number is None else (total + number, unread)

    def begin_invoice(self) -> None:
        """Let a sum begin here, until the next invoice begins."""
        self._invoice = list(self._sums)

    def begin(self) -> None:
        """Let a sum begin here."""
        for beginnings, found in zip(self._beginnings, self._sums, strict=True):
            beginnings.add(found)

    def agrees(self, text: str, column: int) -> bool:
        """Whether a cell says what has been added to a column since a sum may have begun, and that is not nothing."""
        for n, (other, mark) in enumerate(self._cells):
            if other == column and (number := read_number(text, mark)):
                total, unread = self._sums[n]
                beginning = (total - number, unread)
                if beginning == self._invoice[n] or beginning in self._beginnings[n]:
                    return True
        return False
