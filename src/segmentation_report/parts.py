"""What a report is made of: sections of figures, tables and notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A chart with its caption.

    Attributes
    ----------
    name : str
        Of its files, and its address in the page: lower case, words joined by hyphens.
    title : str
        What it is of, in a few words.
    caption : str
        What it shows, and from how many customers.
    draw : callable
        Returns the chart for a width in pixels.
    """

    name: str
    title: str
    caption: str
    draw: Callable[[float], Any]


@dataclass(frozen=True)
class Table:
    """Rows of text.

    Attributes
    ----------
    title, caption : str
        As of a figure.
    header : sequence of str
    rows : sequence of sequences of str
    numbers : set of int, default none
        Columns, from 0, that hold numbers and stand to the right.
    """

    title: str
    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Note:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Section:
    """A chapter of the report.

    Attributes
    ----------
    name : str
        Its address in the page.
    title, introduction : str
    parts : sequence of Figure, Table or Note
    """

    name: str
    title: str
    introduction: str
    parts: Sequence[Figure | Table | Note]

    @property
    def figures(self) -> list[Figure]:
        """Its figures."""
        return [part for part in self.parts if isinstance(part, Figure)]
