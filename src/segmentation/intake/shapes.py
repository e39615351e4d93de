"""Recognises the shape of a table of invoice lines by its header."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segmentation.intake.column_map import as_option
from segmentation.intake.headers import TITLE_ROWS, is_data, is_number_or_date, normal
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

EBAY = "ebay_orders"
"""The shape whose `Sold For` may be of a line or of a unit, as its totals show."""

GENERIC = "invoice_lines"
"""The shape whose columns go by any of many names; two that could be the same field are asked about."""

WITHOUT_HEADER = "purchase_list"
"""The shape of a file without a header; its columns are named by their numbers."""

PAYMENTS = "stripe_payments"
"""The shape of what was paid, which may be the same money as that of invoices."""

ORDER_FACTS = ("order_status", "cancelled_at", "order_refund")
"""The fields that are facts of an order in every shape."""

_MONEY = ("unit_price", "amount")
_NO_COLUMNS: Mapping[str, str] = {}


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


@dataclass(frozen=True)
class _Places:
    """Where the headers of a shape stand in its order of preference."""

    by_header: dict[str, tuple[int, str]]
    first: dict[str, int]

    @classmethod
    def of(cls, columns: Sequence[ShapeColumn]) -> _Places:
        ranked = list(enumerate(columns))[::-1]
        return cls({normal(c.header): (n, c.field) for n, c in ranked}, {c.field: n for n, c in ranked})


class Shapes:
    """The shapes that are known.

    Parameters
    ----------
    columns : sequence of ShapeColumn
        In order of preference.
    shape : str, default ""
        The only shape to consider; any where it is empty.

    Raises
    ------
    UnusableFileError
        If there is no such shape.
    """

    def __init__(self, columns: Sequence[ShapeColumn], shape: str = "") -> None:
        names = list(dict.fromkeys(c.shape for c in columns))
        if shape and shape not in names:
            raise UnusableFileError(
                f"invoice_shape is {shape}, which is not known", f"it must be of: {', '.join(names)}"
            )
        self.is_forced = bool(shape)
        self._columns = {name: [c for c in columns if c.shape == name] for name in names if shape in ("", name)}
        self._known = {normal(c.header) for own in self._columns.values() for c in own if not c.header.isdigit()}
        self._places = {name: _Places.of(own) for name, own in self._columns.items()}

    def recognise(self, rows: Sequence[Sequence[str]], named: Mapping[str, str] = _NO_COLUMNS) -> Layout | None:
        """Find the header among the first rows of a table, and its shape; None if there is none.

        Of several shapes that fit, the one with the most fields is taken, then the first.

        Parameters
        ----------
        rows : sequence of sequence of str
        named : mapping of str to str, optional
            Field to the header that it must have; takes precedence over the headers of every shape.
        """
        best: Layout | None = None
        for number, row in enumerate(rows[:TITLE_ROWS]):
            for shape in self._columns:
                layout = self._fit(shape, row, number, named)
                if layout and (best is None or len(layout.positions) > len(best.positions)):
                    best = layout
            if best:
                return best
        return self._fit_without_header(rows, named)

    def known_columns(self, headers: Sequence[str], named: Mapping[str, str] = _NO_COLUMNS) -> int:
        """Count the columns that some shape knows by these headers."""
        if not named and not any(normal(header) in self._known for header in headers):
            return 0
        return max((len(self._positions(shape, headers, named)) for shape in self._columns), default=0)

    def missing(
        self, headers: Sequence[str], named: Mapping[str, str] = _NO_COLUMNS
    ) -> tuple[dict[str, int], list[str]]:
        """Say where the fields are and which are missing, for the shape that was asked for or the one of any table."""
        shape = next(iter(self._columns)) if self.is_forced else GENERIC
        positions = self._positions(shape, headers, named)
        return positions, self._missing(shape, positions)

    def _missing(self, shape: str, positions: Mapping[str, int]) -> list[str]:
        # An amount says as much as a quantity and a price, and they as it.
        given = {"unit_price", "quantity"} if "amount" in positions else set()
        given |= {"amount"} if {"unit_price", "quantity"} <= set(positions) else set()
        required = {c.field for c in self._columns[shape] if c.is_required} - given - set(positions)
        return [field for field in FIELDS if field in required]

    def _fit(self, shape: str, headers: Sequence[str], header_row: int, named: Mapping[str, str]) -> Layout | None:
        positions = self._positions(shape, headers, named, header_row)
        if self._missing(shape, positions) or set(named) - set(positions):
            return None
        if not self.is_forced and len(headers) > len(positions) + self._spare_columns(shape):
            return None
        if not self.is_forced and "invoice_id" in named and "invoice_id" not in self._places[shape].first:
            return None
        if shape == GENERIC:
            self._refuse_double(headers, named)
        return self._layout(shape, header_row, tuple(headers), positions)

    def _spare_columns(self, shape: str) -> float:
        """Say how many unknown columns a table may have: few where one of them could make it another shape."""
        fields = {c.field for c in self._columns[shape]}
        if "invoice_id" not in fields:
            return 0
        return math.inf if "invoiced_at" in fields else 2

    def _layout(self, shape: str, header_row: int, headers: tuple[str, ...], positions: dict[str, int]) -> Layout:
        of_order = {c.field for c in self._columns[shape] if c.is_of_order} | set(ORDER_FACTS)
        return Layout(shape, header_row, headers, positions, tuple(f for f in FIELDS if f in of_order & set(positions)))

    def _fit_without_header(self, rows: Sequence[Sequence[str]], named: Mapping[str, str]) -> Layout | None:
        """Fit a table whose first row holds a number or a date, which no header does."""
        if WITHOUT_HEADER not in self._columns or not rows or not is_data(rows[0]):
            return None
        numbers = tuple(str(n + 1) for n in range(len(rows[0])))
        if named:
            positions = {f: numbers.index(n) for f, n in named.items() if n in numbers}
            if len(positions) < len(named) or not {"customer_id", "invoiced_at"} <= set(positions):
                return None
            return self._layout(WITHOUT_HEADER, -1, numbers, positions)
        # Customer, date, quantity and amount, in this order.
        return self._fit(WITHOUT_HEADER, numbers, -1, named) if all(map(is_number_or_date, rows[0][1:])) else None

    def _positions(
        self, shape: str, headers: Sequence[str], named: Mapping[str, str], header_row: int = 0
    ) -> dict[str, int]:
        by_name = {normal(h): n for n, h in reversed(list(enumerate(headers)))}
        # The number of a column is no header: a row of data may hold it.
        is_row = bool(named) and header_row >= 0 and is_data(headers)
        own = {f: by_name[normal(h)] for f, h in named.items() if normal(h) in by_name and not (is_row and h.isdigit())}
        own |= {f: int(h) - 1 for f, h in named.items() if h.isdigit() and _has_no_name(headers, int(h))}
        places = self._places[shape]
        found = [(places.first[field], field, position) for field, position in own.items() if field in places.first]
        for name, position in by_name.items():
            if name in places.by_header and (header_row < 0 or not name.isdigit()):
                rank, field = places.by_header[name]
                # What was named as the amount of a line is not also taken for the price of a unit.
                is_other_money = field in _MONEY and any(own.get(other) == position for other in _MONEY)
                if field not in named and not is_other_money:
                    found.append((rank, field, position))
        positions: dict[str, int] = {}
        for _, field, position in sorted(found):
            positions.setdefault(field, position)
        return positions | own

    def _refuse_double(self, headers: Sequence[str], named: Mapping[str, str]) -> None:
        by_name = [normal(h) for h in headers]
        taken = {normal(header) for header in named.values()}
        for field in FIELDS:
            names = {normal(c.header) for c in self._columns[GENERIC] if c.field == field} - taken
            if field in named:
                names = {normal(named[field])}
            found = [i for i, name in enumerate(by_name) if name in names]
            if len(found) > 1:
                raise UnusableFileError(
                    f"several columns could be the {field}: {', '.join(headers[i] for i in found)}",
                    f"name the right one: {as_option({**named, field: headers[found[0]]})}"
                    if len({by_name[i] for i in found}) > 1
                    else "they have the same name: rename one of them in the file",
                )


def _has_no_name(headers: Sequence[str], number: int) -> bool:
    """Whether the column of a number has an empty header, so that it goes by its number."""
    return 0 < number <= len(headers) and not headers[number - 1] and any(headers)
