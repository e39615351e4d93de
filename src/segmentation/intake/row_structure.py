"""Reads rows that depend on each other as a person sees them: values filled down, and what is no line told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from segmentation.intake.delimited import Row
from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.sums import LINE_MONEY, MARKS, RunningSums, measure, read_number

FILL_DOWN = "fill_down"
"""Values of an invoice stand on its first row only; with the columns that are filled on the rows below."""

REPEATED_HEADER = "repeated_header"
"""The header comes again, or there are rulers between rows."""

TOTAL_ROWS = "total_rows"
"""Some rows are sums of rows above; with the columns in which they are."""

ORDER_ROWS = "order_rows"
"""Orders have a row that sums their items; with the columns that it leaves empty and items fill."""

GROUP_HEADINGS = "group_headings"
"""Customers stand in a row of their own above their lines; with the column in which they do."""

TOTAL_ROW, ORDER_ROW = "total_row", "order_row"

Marked = tuple[Row, str]
"""A row, and why it is passed over; empty for a line."""

ORDER_FIELDS = (
    "invoice_id",
    "invoiced_at",
    "customer_id",
    "country",
    "currency",
    "order_status",
    "cancelled_at",
)
"""What is said of an order as a whole and holds for all of its lines."""

_KEY_FIELDS = ("invoice_id", "invoiced_at", "customer_id")
_RULER = re.compile(r"([-=_*─═])\1\1")
_TOTAL = "|".join(
    (
        r"(?:sub|sous|grand|deel|eind|del)?[\s-]*tota(?:l[est]?|al|ux)",
        r"(?:zwischen|gesamt|end)?summen?|gesamt(?:betrag|ergebnis)?|ergebnis",
        r"sum|suma|summa|somme|soma|delsum|razem|łącznie|ogółem|i alt|yhteensä|celkem|összesen|toplam|итого|всего",
    )
)
_BEGINS_AS_TOTAL = re.compile(rf"\W*(?:{_TOTAL})\b", re.IGNORECASE)
_ENDS_AS_TOTAL = re.compile(rf"\b(?:{_TOTAL})\W*\Z", re.IGNORECASE)


def marked_rows(rows: Iterable[Row], file: InvoiceFile) -> Iterator[Marked]:
    """Yield the rows below the header with marks; numbers and order are those of the file.

    Parameters
    ----------
    rows : iterable of Row
        All rows of the file, from the first.
    file : InvoiceFile

    Raises
    ------
    UnusableFileError
        If a row looks like the sum of its order and is not, or if it can't be told below which heading a line stands.
    """
    rows = iter(rows)
    titles = list(islice(rows, file.header_row + 1))
    marked: Iterator[Marked] = ((row, "") for row in rows)
    structure = file.row_structure
    if structure:
        marked = mark_headers(marked, titles, file)
    if GROUP_HEADINGS in structure:
        marked = fill_from_headings(marked, structure[GROUP_HEADINGS][0], file)
    if FILL_DOWN in structure:
        marked = fill_down(marked, structure[FILL_DOWN], file)
    if ORDER_ROWS in structure:
        marked = mark_order_rows(marked, structure[ORDER_ROWS], file)
    if TOTAL_ROWS in structure:
        marked = mark_totals(marked, structure[TOTAL_ROWS], file)
    if FILL_DOWN in structure:
        marked = mark_last_total(marked, structure[FILL_DOWN], file)
    return marked


# --- headers that come again ---------------------------------------------------------------------------------


def mark_headers(rows: Iterable[Marked], titles: Sequence[Row], file: InvoiceFile) -> Iterator[Marked]:
    """Mark rows that repeat the header or a title above it, rulers, and rows of empty cells."""
    header = [name.strip() for name in file.headers] if file.header_row >= 0 else None
    known = {_letters(text) for _, _, text in titles[:-1]} - {""}
    for row, mark in rows:
        _, values, text = row
        is_passed_over = (
            (values is not None and [value.strip() for value in values] == header)
            or (values is not None and is_blank(values))
            or is_ruler(text)
            or (known and _letters(text) in known)
        )
        yield row, mark or (REPEATED_HEADER if is_passed_over else "")


def is_blank(values: Sequence[str]) -> bool:
    """Whether all cells of a row are empty."""
    return not any(value.strip() for value in values)


def is_ruler(text: str) -> bool:
    """Whether a row is nothing but a line across the page."""
    return _RULER.search(text) is not None and not any(map(str.isalnum, text))


def _letters(text: str) -> str:
    """Leave out what differs from page to page: dates, times and the number of the page."""
    return re.sub(r"[\d\W_]+", " ", text).strip().casefold()


# --- values on the first row only ----------------------------------------------------------------------------


def key_columns(positions: Mapping[str, int]) -> list[int]:
    """Return the columns of which a row that begins an invoice has one: number, date and customer."""
    return [positions[name] for name in _KEY_FIELDS if name in positions]


def fill_down(rows: Iterable[Marked], columns: Sequence[int], file: InvoiceFile) -> Iterator[Marked]:
    """Fill the empty cells of rows that have none of the key columns from the row that began the invoice.

    A row that can't be read may have begun one: the rows below it get nothing.
    """
    key = key_columns(file.positions)
    above: list[str] | None = None
    for row, mark in rows:
        number, values, text = row
        if mark or (values is not None and may_be_total(values, file.positions)):
            yield row, mark
            continue
        if values is None or any(values[column].strip() for column in key):
            above = values
        elif above is not None:
            row = number, _filled(values, above, columns), text
        yield row, mark


def _filled(values: Sequence[str], source: Sequence[str], columns: Sequence[int]) -> list[str]:
    filled = list(values)
    for column in columns:
        if not filled[column].strip():
            filled[column] = source[column]
    return filled


# --- customers as headings -----------------------------------------------------------------------------------


def is_heading(values: Sequence[str], column: int) -> bool:
    """Whether a row has nothing but a customer."""
    return bool(values[column].strip()) and sum(bool(value.strip()) for value in values) == 1


def fill_from_headings(rows: Iterable[Marked], column: int, file: InvoiceFile) -> Iterator[Marked]:
    """Give the lines below a heading its customer, and mark the heading as a header; a total with the name ends it."""
    customer, is_open = "", False
    for row, mark in rows:
        number, values, text = row
        if mark:
            yield row, mark
        elif values is None:
            # It may have been a heading.
            is_open = False
            yield row, mark
        elif may_be_total(values, file.positions) and customer and customer in values[column]:
            is_open = False
            yield row, mark
        elif is_heading(values, column):
            customer, is_open = values[column].strip(), True
            yield row, REPEATED_HEADER
        elif values[column].strip() or may_be_total(values, file.positions):
            yield row, mark
        elif is_open:
            yield (number, _filled(values, [customer] * len(values), [column]), text), mark
        else:
            raise UnusableFileError(
                f"the file is a report in groups, with the customer in a row above the lines, but row {number} stands "
                "below no such row: the group above it has ended",
                "export the lines with the customer on each row, or complete the groups in the file",
            )


# --- rows that sum rows above --------------------------------------------------------------------------------


@lru_cache(10_000)
def is_total_label(text: str) -> bool:
    """Whether a cell says that its row is a sum, such as ``Total for Ada Alder`` or ``Zwischensumme``."""
    if not text or (text[0].isdigit() and text[-1].isdigit()):
        return False
    return _BEGINS_AS_TOTAL.match(text) is not None or _ENDS_AS_TOTAL.search(text) is not None


def may_be_total(values: Sequence[str], positions: Mapping[str, int]) -> bool:
    """Whether a row calls itself a total and has nothing that only lines have."""
    for name in ("invoiced_at", "invoice_id", "product_code"):
        if name in positions and (cell := values[positions[name]].strip()) and not is_total_label(cell):
            return False
    if not any(map(is_total_label, values)):
        return False
    # A product may be called so: its line has a quantity and a price, and nothing in the columns of an invoice.
    priced = [values[positions[name]].strip() for name in ("quantity", "unit_price") if name in positions]
    is_line = len(priced) == 2 and all(priced)
    return not is_line or any(is_total_label(values[column]) for column in key_columns(positions))


def mark_totals(rows: Iterable[Marked], columns: Sequence[int], file: InvoiceFile) -> Iterator[Marked]:
    """Mark rows that call themselves totals and are: their cells say what the lines above come to."""
    totals = Totals(columns, file.positions)
    for row, mark in rows:
        number, values, text = row
        if mark or values is None:
            yield row, mark
        elif not may_be_total(values, file.positions):
            totals.add(values)
            yield row, mark
        elif totals.agreeing(values):
            yield (number, totals.close(values), text), TOTAL_ROW
        else:
            yield row, mark


class Totals:
    """Holds totals against the lines above: all of them, those of the invoice, or those since another total.

    Parameters
    ----------
    columns : sequence of int
        The columns in which totals may be.
    positions : mapping of str to int
        Of the fields.
    """

    def __init__(self, columns: Sequence[int], positions: Mapping[str, int]) -> None:
        self._columns = columns
        self._positions = positions
        self._invoice = key_columns(positions)[:1]
        self._decisive = {positions[n] for n in ("amount", "quantity") if n in positions} & set(columns)
        self._sums = RunningSums(columns, positions)
        self._last: Sequence[str] | None = None

    def add(self, values: Sequence[str]) -> None:
        """Add a line."""
        if self._last is None or any(values[c] != self._last[c] for c in self._invoice):
            self._sums.begin_invoice()
        self._sums.add(values)
        self._last = values

    def agreeing(self, values: Sequence[str]) -> list[int]:
        """Return the columns in which a row agrees with the lines above; none where its amount or quantity does not."""
        agreeing = [column for column in self._columns if self._agrees(values, column)]
        said = [c for c in self._decisive if values[c].strip() and not is_total_label(values[c])]
        return agreeing if set(said) <= set(agreeing) else []

    def _agrees(self, values: Sequence[str], column: int) -> bool:
        # What the lines come to may stand in any column.
        cells = values if column == LINE_MONEY else [values[column]]
        return any(cell.strip() and self._sums.agrees(cell, column) for cell in cells)

    def close(self, values: Sequence[str]) -> list[str]:
        """Let further totals begin below a total; return it under the customer whose name it holds.

        It is found there when the customer is erased.
        """
        self._sums.begin()
        closed = list(values)
        column = self._positions.get("customer_id")
        customer = self._last[column].strip() if self._last is not None and column is not None else ""
        if column is not None and customer and any(customer.casefold() in value.casefold() for value in values):
            closed[column] = customer
        return closed


def mark_last_total(rows: Iterable[Marked], filled: Sequence[int], file: InvoiceFile) -> Iterator[Marked]:
    """Mark a last row without a name that is the sum of all, which is no line of the last invoice.

    Parameters
    ----------
    rows : iterable of Marked
    filled : sequence of int
        The columns that were filled down, which are empty in such a row.
    file : InvoiceFile
    """
    columns = [file.positions[name] for name in ("amount", "quantity") if name in file.positions]
    sums = RunningSums(columns, file.positions)
    held: list[Marked] = []
    count = 0
    for row, mark in rows:
        if not mark and row[1] is not None:
            for (_, values, _), other in held:
                if not other and values is not None:
                    sums.add(values)
                    count += 1
            yield from held
            held = []
        held.append((row, mark))
    for (number, values, text), mark in held:
        if not mark and values is not None and count > 1 and _is_nothing_but_sums(values, filled, sums, file):
            yield (number, ["" if n in filled else value for n, value in enumerate(values)], text), TOTAL_ROW
        else:
            yield (number, values, text), mark


def _is_nothing_but_sums(values: Sequence[str], filled: Sequence[int], sums: RunningSums, file: InvoiceFile) -> bool:
    cells = [value for n, value in enumerate(values) if n not in filled and value.strip()]
    has_text = any(all(read_number(cell, mark) is None for mark in MARKS) for cell in cells)
    # Without an amount it is no line anyway.
    if has_text or not values_of(values, file.positions, "amount") or values_of(values, file.positions, "unit_price"):
        return False
    said = [c for name in ("amount", "quantity") if (c := file.positions.get(name)) is not None and values[c].strip()]
    return all(sums.agrees(values[column], column) for column in said)


# --- rows of a whole order -----------------------------------------------------------------------------------


def runs(rows: Iterable[Marked], column: int) -> Iterator[list[Marked]]:
    """Put rows together that follow each other with the same value in a column; others are alone.

    Rows that are passed over do not part them.
    """
    run: list[Marked] = []
    current = ""
    for row, mark in rows:
        values = row[1]
        value = values[column].strip() if values is not None else ""
        if not mark and not (value and value == current):
            if run:
                yield run
            run, current = [], value
        run.append((row, mark))
    if run:
        yield run


def mark_order_rows(rows: Iterable[Marked], columns: Sequence[int], file: InvoiceFile) -> Iterator[Marked]:
    """Mark rows that sum the other rows of their order and have no item; what they say of the order reaches all."""
    for run in runs(rows, file.positions["invoice_id"]):
        order = _order_row(run, columns, file)
        if order is None:
            yield from run
            continue
        filled = [c for name in ORDER_FIELDS if (c := file.positions.get(name)) is not None]
        items = [values for (_, values, _), mark in run if values is not None and not mark and values is not order]
        # A field that some items have is one of items.
        filled = [c for c in filled if not any(item[c].strip() for item in items)]
        for (number, values, text), mark in run:
            if values is order:
                yield (number, values, text), ORDER_ROW
            elif values is None or mark:
                yield (number, values, text), mark
            else:
                yield (number, _filled(values, order, filled), text), mark


def _order_row(run: Sequence[Marked], columns: Sequence[int], file: InvoiceFile) -> list[str] | None:
    lines = [(number, values) for (number, values, _), mark in run if values is not None and not mark]
    without = [(number, values) for number, values in lines if lacks_item(values, columns)]
    if not without or len(without) == len(lines):
        return None
    order = without[0][1]
    items = [values for _, values in lines if values is not order]
    if len(without) > 1 or order not in (lines[0][1], lines[-1][1]) or not is_sum(order, items, file.positions):
        raise question_of_order_rows([number for number, _ in without], [], columns, file)
    return order


def lacks_item(values: Sequence[str], columns: Sequence[int]) -> bool:
    """Whether the cells of an item are all empty, or say that the row is a total."""
    return all(not values[column].strip() or is_total_label(values[column]) for column in columns)


def is_sum(order: Sequence[str], items: Sequence[Sequence[str]], positions: Mapping[str, int]) -> bool:
    """Whether the amount and the quantity of a row are the sums of others, so far as it has them."""
    columns = [LINE_MONEY] if {"amount", "unit_price"} & set(positions) else []
    columns += [positions["quantity"]] if "quantity" in positions and values_of(order, positions, "quantity") else []
    return any(all(_is_sum_in(order, items, column, positions, mark) for column in columns) for mark in MARKS)


def _is_sum_in(
    order: Sequence[str], items: Sequence[Sequence[str]], column: int, positions: Mapping[str, int], mark: str
) -> bool:
    if column == LINE_MONEY and not values_of(order, positions, "amount", "unit_price"):
        return True
    total = measure(order, column, positions, mark)
    parts = [measure(item, column, positions, mark) for item in items]
    return total is not None and None not in parts and total == sum(part for part in parts if part is not None)


def values_of(values: Sequence[str], positions: Mapping[str, int], *fields: str) -> list[str]:
    """Return what a row has of some fields, empty cells left out."""
    return [cell for name in fields if name in positions and (cell := values[positions[name]].strip())]


def question_of_order_rows(
    wrong: Sequence[int], right: Sequence[int], columns: Sequence[int], file: InvoiceFile
) -> UnusableFileError:
    """Return what is asked where rows look like sums of their orders, and some are not.

    Parameters
    ----------
    wrong, right : sequence of int
        Numbers of rows that are not the sum of their order, and of rows that are.
    columns : sequence of int
        The columns that such rows leave empty.
    file : InvoiceFile
    """
    empty = ", ".join(file.headers[column] for column in columns[:3])
    some = f"row {', '.join(map(str, right[:3]))} is the sum of the rows of its order, but " if right else ""
    return UnusableFileError(
        f"rows without {empty} stand beside the rows of the same order as if they were its total: {some}row "
        f"{', '.join(map(str, wrong[:3]))} is not the sum of the others, so that it can't be told what counts",
        "leave the rows that are totals of an order out of the file, or export the items of orders only",
    )
