"""Splits text into rows, whatever is wrong with its quotes; a row that can't be split keeps its text."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

Row = tuple[int, list[str] | None, str]
"""Number of a row, its values, or None where they can't be told apart, and its text."""

_Split = Callable[[str], list[str] | None]

_MAX_LINES_OF_A_VALUE = 1000
# How often it is tried to close a value: each time takes as long as the value is.
_MAX_ATTEMPTS = 10
_BLANKS = " "


def split_rows(pieces: Iterable[str], delimiter: str, width: int) -> Iterator[Row]:
    r"""Split text into rows of a table.

    Rows are numbered as a spreadsheet numbers them: blank lines count and are passed over, and a row over several
    lines counts once. A value in quotes may hold delimiters, doubled quotes and line breaks; blanks around it do not
    count. A quote inside such a value that is neither doubled nor before a delimiter stands for itself, as do quotes in
    values that do not begin with one. A row whose quote is never closed ends with its line: it is the one that is
    wrong, and not the rows below it. So does a value over several lines of which one is a row of its own.

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
        The row as it is, without its line end.
    """
    splitter = _Splitter(delimiter)
    split: _Split = _split_at_blanks if delimiter == _BLANKS else splitter
    lines = _Lines(pieces)
    for number, line in enumerate(lines, start=1):
        # A row of empty values is a row, also where its delimiters are blanks themselves.
        if not line.strip() and (delimiter == _BLANKS or delimiter not in line):
            continue
        values, text = split(line), line
        if values is None:
            values, text = _join_lines(line, lines, splitter, width)
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
        # How many of the next lines are known neither to close a quote nor to be rows of their own, so that they are
        # looked at once and not again for each line whose quote is never closed.
        self.barren = 0

    def __iter__(self) -> Iterator[str]:
        while (line := self.take()) is not None:
            yield line

    def take(self) -> str | None:
        self.barren = max(self.barren - 1, 0)
        return self._put_back.popleft() if self._put_back else next(self._lines, None)

    def put_back(self, lines: list[str], barren: int) -> None:
        self._put_back.extendleft(reversed(lines))
        self.barren = barren

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
        self.delimiter = delimiter
        # Blanks between quotes and delimiters are passed over, as databases do.
        end = rf" *+(?:{re.escape(delimiter)}|\Z)"
        # Possessive, so that no text makes it try again and again. What is in quotes is looked ahead for and then taken
        # as a whole, which is the same: a possessive group does not match before Python 3.11.5 (python/cpython#106052).
        quoted = rf' *+"(?=([^"]*+(?:"(?!{end})"?+[^"]*+)*))\1" *+'
        plain = rf'((?! *+")[^{re.escape(delimiter)}]*+)'
        self._value = re.compile(rf"(?:{quoted}|{plain})({re.escape(delimiter)}|\Z)", re.S)

    def __call__(self, row: str) -> list[str] | None:
        values, rest = self.begin(row)
        return values if rest is None else None

    def begin(self, row: str) -> tuple[list[str], str | None]:
        """Split a row as far as its quotes are closed; gives the text from the one that is not, else None, too."""
        if '"' not in row:
            return row.split(self.delimiter), None
        values: list[str] = []
        position = 0
        while True:
            match = self._value.match(row, position)
            if match is None:
                return values, row[position:]
            quoted, plain, end = match.groups()
            values.append(plain if quoted is None else quoted.replace('""', '"'))
            position = match.end()
            if not end:
                return values, None


def _join_lines(line: str, lines: _Lines, split: _Splitter, width: int) -> tuple[list[str] | None, str]:
    """Read on until the quote of a row is closed; take the first line alone where that does not make a row."""
    taken: list[str] = []
    barren = lines.barren
    if 2 * barren > _MAX_LINES_OF_A_VALUE:
        # Far and wide nothing closes a quote: not all of these lines are gone through again for each that opens one.
        return None, line
    attempts, may_close = 0, False
    values, rest = split.begin(line)
    parts = [rest or ""]
    # The last line of a first value looks like a row of its own: it has all the other values. What tells it from one
    # is that the line above is too short to be a row whose quote was never closed.
    is_first_value = line.lstrip(_BLANKS).startswith('"') and line.count(split.delimiter) + 1 < width
    while len(taken) < _MAX_LINES_OF_A_VALUE and attempts < _MAX_ATTEMPTS:
        following = lines.take()
        if following is None:
            break
        taken.append(following)
        parts.append(following)
        if len(taken) <= barren:
            continue
        is_row = width > 0 and _is_row(split(following), width)
        if is_row and not is_first_value:
            break
        if _may_close(following, split.delimiter):
            may_close = True
            more, rest = split.begin("\n".join(parts))
            values += more
            if rest is None:
                if not width or _fit(values, width):
                    return values, "\n".join((line, *taken))
                break
            if width and any(value.strip() for value in values[width:]):
                break
            parts = [rest]
            attempts = 0 if more else attempts + 1
        elif not may_close:
            barren += not is_row
        if is_row:
            break
    lines.put_back(taken, barren)
    return None, line


def _may_close(line: str, delimiter: str) -> bool:
    """Whether the quote of a value that began above may end in a line: before a delimiter, or at its end."""
    if '"' not in line:
        return False
    return any(not part or part.startswith(delimiter) for part in (part.lstrip(" ") for part in line.split('"')[1:]))


def _is_row(values: list[str] | None, width: int) -> bool:
    return values is not None and len(values) == width
