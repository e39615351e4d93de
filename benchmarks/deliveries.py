"""Data sets that commits are compared on: each a row of deliveries, after each of which is built."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.data import ONLINE_RETAIL, SAMPLE

_WEEKS = 5

Row = list[str]


def whole(source: Path, folder: Path) -> Iterator[str]:
    """Deliver a file at once."""
    shutil.copy(source, folder / source.name)
    yield "whole"


def daily(source: Path, folder: Path) -> Iterator[str]:
    """Deliver all but the last weeks of a file, and then one after the other with what goes wrong in practice.

    Parameters
    ----------
    source : Path
        Lines as the sample has them.
    folder : Path
        Of the files that are read.

    Yields
    ------
    str
        What was delivered.
    """
    header, *rows = csv.reader(io.StringIO(gzip.decompress(source.read_bytes()).decode()))
    column = header.index("InvoiceDate")
    last = max(datetime.fromisoformat(row[column]) for row in rows).replace(hour=0, minute=0, second=0)

    def between(days_before: int, until: int) -> list[Row]:
        """Return the rows after one day before the last and up to another."""
        begin, end = (last - timedelta(days=days - 1) for days in (days_before, until))
        return [row for row in rows if begin <= datetime.fromisoformat(row[column]) < end]

    def deliver(name: str, content: list[Row]) -> None:
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([header, *content])

    past = between(100_000, 7 * _WEEKS)
    tenth, late = len(past) // 10, past.pop(len(past) * 9 // 10)
    weeks = [between(7 * week, 7 * (week - 1)) for week in range(_WEEKS, 0, -1)]
    deliver("early", past[:tenth])
    deliver("past", past[tenth:])
    yield "first"
    deliver("week-1", weeks[0])
    yield "one more week"
    deliver("week-2", between(7 * (_WEEKS - 1) + 2, 7 * (_WEEKS - 2)))
    yield "two days again"
    deliver("week-3", [*weeks[2], late])
    yield "a late line"
    quantity = header.index("Quantity")
    (*corrected, _), first = weeks[0][1:], weeks[0][0].copy()
    first[quantity] = str(int(first[quantity]) + 1)
    deliver("week-1", [first, *corrected])
    deliver("week-4", weeks[3])
    yield "a file that changed"
    (folder / "early.csv").unlink()
    deliver("week-5", weeks[4])
    yield "a file that vanished"


DATA: dict[str, tuple[Path, Callable[[Path, Path], Iterator[str]]]] = {
    "sample": (SAMPLE, whole),
    "online_retail": (ONLINE_RETAIL, whole),
    "daily": (SAMPLE, daily),
}
"""Each data set's file, and what delivers it."""
