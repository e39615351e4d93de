"""Tells the header of a table from the rows around it, in whatever language it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

TITLE_ROWS = 10
"""How many rows may stand above the header."""

_NUMBER_OR_DATE = re.compile(r"\s*[-+(]?[^\w\s.,]?\s*\d[\d.,/:\sT+-]*\s*[^\w\s]?\)?\s*")
_MIN_COLUMNS = 3


def is_number_or_date(value: str) -> bool:
    """Whether a value is written in digits, with a sign of a currency or not."""
    return _NUMBER_OR_DATE.fullmatch(value) is not None


def is_data(row: Sequence[str]) -> bool:
    """Whether a row holds a number or a date, which no header does."""
    return any(map(is_number_or_date, row))


@cache
def normal(header: str) -> str:
    """Fold case, blanks and punctuation: ``Customer ID`` and ``customer_id`` are the same header."""
    return re.sub(r"[\W_]+", "", header).casefold()


def filled(row: Sequence[str]) -> list[int]:
    """Return the positions of the values that are not blank."""
    return [position for position, value in enumerate(row) if value.strip()]


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Find the row that is a header by what stands below it; None where no row is one.

    Its values are text and all different, and some of the columns that it names hold numbers or dates further down.
    Of several such rows the one with the most columns is taken, then the first.
    """
    candidates = [n for n in range(min(len(rows), TITLE_ROWS)) if _may_be_header(rows[n]) and _has_data_below(rows, n)]
    return max(candidates, key=lambda n: (len(filled(rows[n])), -n), default=None)


def _may_be_header(row: Sequence[str]) -> bool:
    names = [row[position] for position in filled(row)]
    return len(names) >= _MIN_COLUMNS and not is_data(names) and len({normal(name) for name in names}) == len(names)


def _has_data_below(rows: Sequence[Sequence[str]], number: int) -> bool:
    columns = filled(rows[number])
    return any(
        len(row) > columns[-1] and any(is_number_or_date(row[position]) for position in columns)
        for row in rows[number + 1 :]
    )
