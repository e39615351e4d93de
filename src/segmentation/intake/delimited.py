"""Splits text into rows, whatever is wrong with its quotes; a row that can't be split keeps its text."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

Row = tuple[int, list[str] | None, str]
"""Number of a row, its values, or None where they can't be told apart, and its text."""

_Split = Callable[[str], list[str] | None]

_MAX_LINES_OF_A_VALUE = 1000
_BLANKS = " "


def split_rows(pieces: Iterable[str], delimiter: str, width: int) -> Iterator[Row]:
    r"""Split text into rows of a table.

    Rows are numbered as a spreadsheet numbers them: blank lines count and are passed over, and a row over several
    lines counts once. A value in quotes may hold delimiters, doubled quotes and line breaks. A quote
    inside such a value that is neither doubled nor before a delimiter stands for itself, as do quotes in values that
    do not begin with one. A row whose quote is never closed ends with its line: it is the one that is wrong, and not
    the rows below it. So does a value over several lines of which one is a row of its own.

    Parameters
    ----------
    pieces : iterable of str
        The text in pieces of any size, lines ending in a line feed.
    delimiter : str
        One character; a blank stands for any run of blanks, and no value is in quotes then.
    width : int
        Number of columns. Rows may have more where these are empty; any other number can't be read. 0 for any number.

    Yields
    ------
    number : int
        1 for the first row.
    values : list of str or None
        None where the row can't be read.
    text : str
        The row as it stands, without its line end.
    """
    split: _Split = _split_at_blanks if delimiter == _BLANKS else _Splitter(delimiter)
    lines = _Lines(pieces)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        values, text = split(line), line
        if values is None:
            values, text = _join_lines(line, lines, split, width)
        if values is not None and width:
            values = _fit(values, width)
        yield number, values, text


def _fit(values: list[str], width: int) -> list[str] | None:
    if len(values) > width and not any(value.strip() for value in values[width:]):
        return values[:width]
    return values if len(values) == width else None


class _Lines:
    """The lines of a text, some of which can be put back."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._lines = self._cut(pieces)
        self._put_back: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        while (line := self.take()) is not None:
            yield line

    def take(self) -> str | None:
        return self._put_back.popleft() if self._put_back else next(self._lines, None)

    def put_back(self, lines: list[str]) -> None:
        self._put_back.extendleft(reversed(lines))

    @staticmethod
    def _cut(pieces: Iterable[str]) -> Iterator[str]:
        rest: list[str] = []
        for piece in pieces:
            first, *others = piece.split("\n")
            rest.append(first)
            if others:
                yield "".join(rest)
                yield from others[:-1]
                rest = [others[-1]]
        if last := "".join(rest):
            yield last


def _split_at_blanks(line: str) -> list[str]:
    return line.split()


class _Splitter:
    """Splits one row at a delimiter; None where a quote is not closed."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        end = rf"(?:{re.escape(delimiter)}|\Z)"
        # Possessive, so that no text makes it try again and again.
        self._value = re.compile(rf'(?:"((?:[^"]++|""|"(?!{end}))*+)"|((?!")[^{re.escape(delimiter)}]*+))({end})', re.S)

    def __call__(self, row: str) -> list[str] | None:
        if '"' not in row:
            return row.split(self._delimiter)
        values: list[str] = []
        position = 0
        while True:
            match = self._value.match(row, position)
            if match is None:
                return None
            quoted, plain, end = match.groups()
            values.append(plain if quoted is None else quoted.replace('""', '"'))
            position = match.end()
            if not end:
                return values


def _join_lines(line: str, lines: _Lines, split: _Split, width: int) -> tuple[list[str] | None, str]:
    """Read on until the quote of a row is closed; take the first line alone where that does not make a row."""
    taken: list[str] = []
    while len(taken) < _MAX_LINES_OF_A_VALUE:
        following = lines.take()
        if following is None:
            break
        taken.append(following)
        if width and _is_row(split(following), width):
            break
        # Only a line with a quote in it can close one.
        if '"' in following:
            text = "\n".join((line, *taken))
            values = split(text)
            if values is not None:
                if not width or _fit(values, width):
                    return values, text
                break
    lines.put_back(taken)
    return None, line


def _is_row(values: list[str] | None, width: int) -> bool:
    return values is not None and len(values) == width
