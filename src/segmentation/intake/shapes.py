"""Recognises the shape of a table of invoice lines by its header."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from segmentation.intake.invoice_file import UnusableFileError

LINE_FIELDS = (
    "invoice_id",
    "product_code",
    "description",
    "quantity",
    "unit_price",
    "invoiced_at",
    "customer_id",
    "country",
)
"""The fields of an invoice line that have a column of their own."""

OTHER_FIELDS = (
    "amount",
    "discount",
    "currency",
    "is_returned",
    "order_status",
    "cancelled_at",
    "order_refund",
)
"""The fields that only some shapes have."""

FIELDS = LINE_FIELDS + OTHER_FIELDS

GENERIC = "invoice_lines"
"""The shape whose columns go by any of many names; two that could be the same field are asked about."""

WITHOUT_HEADER = "purchase_list"
"""The shape of a file without a header; its columns are named by their numbers."""

_TITLE_ROWS = 10
_NUMBER_OR_DATE = re.compile(r"\s*[-+(]?[^\w\s.,]?\s*\d[\d.,/:\sT+-]*\s*[^\w\s]?\)?\s*")


@dataclass(frozen=True)
class ShapeColumn:
    """One header of a shape, a row of the seed ``invoice_shapes``.

    Attributes
    ----------
    shape, field, header : str
        In this shape the field goes by this header; case, blanks and punctuation do not matter. Of several
        headers of one field the first that a file has is taken.
    is_required : bool
        Whether a table without the field is not of this shape.
    is_of_order : bool
        Whether the field is on one row of an order and holds for all of it.
    """

    shape: str
    field: str
    header: str
    is_required: bool = False
    is_of_order: bool = False


@dataclass(frozen=True)
class Layout:
    """Which column of a table is which.

    Attributes
    ----------
    shape : str
    header_row : int
        Rows above the header; -1 if there is no header.
    headers : tuple of str
    positions : dict of str to int
    order_fields : tuple of str
    """

    shape: str
    header_row: int
    headers: tuple[str, ...]
    positions: dict[str, int]
    order_fields: tuple[str, ...]


class Shapes:
    """The shapes that are known, with what the settings say about columns.

    Parameters
    ----------
    columns : sequence of ShapeColumn
        In order of preference.
    column_map : mapping of str to str, optional
        Field to the header it has in these files; takes precedence over the headers of every shape.
    shape : str, default ""
        The only shape to consider; any where it is empty.

    Raises
    ------
    UnusableFileError
        If `column_map` names a field, or `shape` a shape, that does not exist.
    """

    def __init__(
        self, columns: Sequence[ShapeColumn], column_map: Mapping[str, object] | None = None, shape: str = ""
    ) -> None:
        self._column_map = {field: str(header) for field, header in (column_map or {}).items()}
        names = list(dict.fromkeys(c.shape for c in columns))
        if unknown := sorted(set(self._column_map) - set(FIELDS)):
            raise UnusableFileError(
                f"column_map names {', '.join(unknown)}, which is no column of an invoice line",
                f"its keys must be of: {', '.join(FIELDS)}",
            )
        if shape and shape not in names:
            raise UnusableFileError(
                f"invoice_shape is {shape}, which is not known", f"it must be of: {', '.join(names)}"
            )
        self._is_forced = bool(shape)
        self._columns = {name: [c for c in columns if c.shape == name] for name in names if shape in ("", name)}

    def recognise(self, rows: Sequence[Sequence[str]]) -> Layout | None:
        """Find the header among the first rows of a table, and its shape; None if there is none.

        Of several shapes that fit, the one with the most fields is taken, then the first.
        """
        best: Layout | None = None
        for number, row in enumerate(rows[:_TITLE_ROWS]):
            for shape in self._columns:
                layout = self._fit(shape, row, number)
                if layout and (best is None or len(layout.positions) > len(best.positions)):
                    best = layout
            if best:
                return best
        return self._fit_without_header(rows)

    def explain(self, rows: Sequence[Sequence[str]]) -> UnusableFileError:
        """Say why no shape fits."""
        headers = max(rows[:_TITLE_ROWS], key=lambda row: (self._score(row), len(row)), default=[])
        if rows and len(rows[0]) > 2 and _is_data(rows[0]) and not self._score(headers):
            return UnusableFileError(
                f"the file has no header: its first line is {', '.join(rows[0])[:80]!r}",
                "number the columns: --vars '{column_map: {invoice_id: 1, customer_id: 2, invoiced_at: 3, quantity: 4, "
                "unit_price: 5}}', with the numbers of this file",
            )
        # A shape that was asked for says more by what it misses, even where that is everything.
        if len(headers) < 3 or not (self._is_forced or self._score(headers)):
            shown = " ".join(headers)[:80]
            return UnusableFileError(
                f"the file is not a table with a header: its first line is {shown!r}",
                "export invoice lines as CSV with the column names in the first line",
            )
        name = next(iter(self._columns)) if self._is_forced else GENERIC
        found = self._positions(name, headers)
        missing = self._missing(name, found)
        advice = ""
        if missing == ["invoice_id"]:
            advice = f"; if there are no invoice numbers at all: --vars '{{invoice_shape: {WITHOUT_HEADER}}}'"
        return UnusableFileError(
            f"no column for {', '.join(missing) or 'the required fields'} among: {', '.join(headers)[:300]}",
            f"say which it is: --vars '{{column_map: {{{(missing or ['invoice_id'])[0]}: YOUR COLUMN NAME}}}}'{advice}",
        )

    def score(self, rows: Sequence[Sequence[str]]) -> tuple[int, int]:
        """Say how well rows that were split by some delimiter look like a table: known headers, then columns."""
        return max(((self._score(row), len(row)) for row in rows[:_TITLE_ROWS]), default=(0, 0))

    def _score(self, headers: Sequence[str]) -> int:
        return max((len(self._positions(shape, headers)) for shape in self._columns), default=0)

    def _missing(self, shape: str, positions: Mapping[str, int]) -> list[str]:
        # An amount says as much as a quantity and a price.
        given = {"unit_price", "quantity"} if "amount" in positions else set()
        required = {c.field for c in self._columns[shape] if c.is_required} - given - set(positions)
        return [field for field in FIELDS if field in required]

    def _fit(self, shape: str, headers: Sequence[str], header_row: int) -> Layout | None:
        positions = self._positions(shape, headers, header_row)
        if self._missing(shape, positions) or set(self._column_map) - set(positions):
            return None
        if not self._is_forced and len(headers) > len(positions) + self._spare_columns(shape):
            return None
        if shape == GENERIC:
            self._refuse_double(headers)
        return self._layout(shape, header_row, tuple(headers), positions)

    def _spare_columns(self, shape: str) -> float:
        """Say how many unknown columns a table may have: few where one of them could make it another shape."""
        fields = {c.field for c in self._columns[shape]}
        if "invoice_id" not in fields:
            return 0
        return math.inf if "invoiced_at" in fields else 2

    def _layout(self, shape: str, header_row: int, headers: tuple[str, ...], positions: dict[str, int]) -> Layout:
        of_order = {c.field for c in self._columns[shape] if c.is_of_order}
        return Layout(shape, header_row, headers, positions, tuple(f for f in FIELDS if f in of_order & set(positions)))

    def _fit_without_header(self, rows: Sequence[Sequence[str]]) -> Layout | None:
        """Fit a table whose first row holds a number or a date, which no header does."""
        if WITHOUT_HEADER not in self._columns or not rows or not _is_data(rows[0]):
            return None
        numbers = tuple(str(n + 1) for n in range(len(rows[0])))
        if self._column_map:
            positions = {f: numbers.index(n) for f, n in self._column_map.items() if n in numbers}
            if len(positions) < len(self._column_map) or not {"customer_id", "invoiced_at"} <= set(positions):
                return None
            return self._layout(WITHOUT_HEADER, -1, numbers, positions)
        # Customer, date, quantity and amount, in this order.
        return self._fit(WITHOUT_HEADER, numbers, -1) if all(map(_NUMBER_OR_DATE.fullmatch, rows[0][1:])) else None

    def _positions(self, shape: str, headers: Sequence[str], header_row: int = 0) -> dict[str, int]:
        normal = [_normal(h) for h in headers]
        positions: dict[str, int] = {}
        for column in self._columns[shape]:
            # The number of a column is no header: a row of data may hold it.
            if column.header.isdigit() and header_row >= 0:
                continue
            name = _normal(self._column_map.get(column.field, column.header))
            if name in normal:
                positions.setdefault(column.field, normal.index(name))
        for field, header in self._column_map.items():
            if _normal(header) in normal:
                positions[field] = normal.index(_normal(header))
        return positions

    def _refuse_double(self, headers: Sequence[str]) -> None:
        normal = [_normal(h) for h in headers]
        for field in FIELDS:
            names = {_normal(c.header) for c in self._columns[GENERIC] if c.field == field}
            if field in self._column_map:
                names = {_normal(self._column_map[field])}
            found = [i for i, name in enumerate(normal) if name in names]
            if len(found) > 1:
                raise UnusableFileError(
                    f"several columns could be the {field}: {', '.join(headers[i] for i in found)}",
                    f"name the right one: --vars '{{column_map: {{{field}: {headers[found[0]]}}}}}'"
                    if len({normal[i] for i in found}) > 1
                    else "they have the same name: rename one of them in the file",
                )


def _is_data(row: Sequence[str]) -> bool:
    return any(map(_NUMBER_OR_DATE.fullmatch, row))


@cache
def _normal(header: str) -> str:
    """Fold case, blanks and punctuation: ``Customer ID`` and ``customer_id`` are the same header."""
    return re.sub(r"[\W_]+", "", header).casefold()
