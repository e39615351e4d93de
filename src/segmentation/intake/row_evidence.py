"""Finds out from the first rows of a table how its rows depend on each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from segmentation.intake.delimited import Row
from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.row_structure import (
    FILL_DOWN,
    GROUP_HEADINGS,
    ORDER_FIELDS,
    ORDER_ROWS,
    REPEATED_HEADER,
    TOTAL_ROWS,
    Marked,
    Totals,
    fill_down,
    fill_from_headings,
    is_heading,
    is_ruler,
    is_sum,
    key_columns,
    lacks_item,
    mark_headers,
    mark_order_rows,
    marked_rows,
    may_be_total,
    question_of_order_rows,
    runs,
    values_of,
)
from segmentation.intake.sums import LINE_MONEY, MARKS, measure

SAMPLE_ROWS = 2000
"""How many rows are looked at."""

_ITEM_FIELDS = ("product_code", "description")
_NUMBER_FIELDS = ("quantity", "unit_price", "amount")
_LINE_FIELDS = (*_ITEM_FIELDS, *_NUMBER_FIELDS, "discount", "order_refund")
# Where fewer rows than this lack number, date and customer, they are faults of the file.
_MIN_SHARE_BELOW = 0.02
# Where at least so many do, and ten times more than speak against it, it is asked.
_MIN_SHARE_ASKED = 0.1


def with_row_structure(file: InvoiceFile, sample: Sequence[Row]) -> InvoiceFile:
    """Return a file with how its rows depend on each other; such a file is not left to a database.

    Parameters
    ----------
    file : InvoiceFile
        As it was found, with its layout.
    sample : sequence of Row
        Its first rows, the header and what is above it among them.

    Raises
    ------
    UnusableFileError
        If the rows contradict each other.
    """
    titles, body = sample[: file.header_row + 1], sample[file.header_row + 1 :]
    found: dict[str, tuple[int, ...]] = {}
    marked = list(mark_headers(((row, "") for row in body), titles, file))
    if _has_headers(marked, file):
        found[REPEATED_HEADER] = ()
    if columns := _find_headings(marked, file):
        found[GROUP_HEADINGS] = columns
        marked = list(fill_from_headings(marked, columns[0], file))
    if columns := _find_fill_down(marked, file):
        found[FILL_DOWN] = columns
        marked = list(fill_down(marked, columns, file))
    if columns := _find_order_rows(marked, file):
        found[ORDER_ROWS] = columns
        marked = list(mark_order_rows(marked, columns, file))
    if columns := _find_totals(marked, (row for row, mark in marked if not mark), file):
        found[TOTAL_ROWS] = columns
    return replace(file, row_structure=found, is_readable=False) if found else file


def with_last_totals(file: InvoiceFile, rows: Iterable[Row], last: Iterable[Row]) -> InvoiceFile:
    """Return a file whose last rows are totals with this as a part of its structure, else as it is.

    Parameters
    ----------
    file : InvoiceFile
        With the structure that its first rows show.
    rows : iterable of Row
        All rows, from the first.
    last : iterable of Row
        Its last ones.
    """
    columns = _find_totals(marked_rows(rows, file), last, file)
    structure = file.row_structure | {TOTAL_ROWS: columns}
    return replace(file, row_structure=structure, is_readable=False) if columns else file


def _has_headers(rows: Iterable[Marked], file: InvoiceFile) -> bool:
    """Whether rows were marked that are no blank ones: those alone are many programs' way to end a file."""
    header = [name.strip() for name in file.headers]
    return any(
        mark and (is_ruler(text) or (values is not None and [v.strip() for v in values] == header))
        for (_, values, text), mark in rows
    )


def _lines(rows: Iterable[Marked], file: InvoiceFile) -> list[tuple[int, list[str]]]:
    return [
        (number, values)
        for (number, values, _), mark in rows
        if values is not None and not mark and not may_be_total(values, file.positions)
    ]


# --- customers as headings -----------------------------------------------------------------------------------


def _find_headings(rows: Iterable[Marked], file: InvoiceFile) -> tuple[int, ...]:
    """Return the column of customers if they stand in rows of their own above lines that have none; else nothing."""
    column = file.positions.get("customer_id")
    table = [values for (_, values, _), mark in rows if values is not None and not mark]
    if column is None or not table or not is_heading(table[0], column):
        return ()
    others = [values for values in table if not is_heading(values, column)]
    lines = [values for values in others if not may_be_total(values, file.positions)]
    # One name above all lines is a title.
    has_groups = len(table) - len(others) > 1
    return (column,) if has_groups and lines and not any(values[column].strip() for values in lines) else ()


# --- values on the first row only ----------------------------------------------------------------------------


def _find_fill_down(rows: Iterable[Marked], file: InvoiceFile) -> tuple[int, ...]:
    """Return the columns that are filled on the first row of an invoice only; none if there are no such."""
    positions = file.positions
    sure = [positions[n] for n in ("invoice_id", "invoiced_at") if n in positions]
    if "invoice_id" not in positions and "customer_id" in positions:
        sure.append(positions["customer_id"])
    key = key_columns(positions)
    lines = _lines(rows, file)
    below = [v for _, v in lines if not any(v[c].strip() for c in key) and values_of(v, positions, *_NUMBER_FIELDS)]
    first = [(number, v) for number, v in lines if any(v[c].strip() for c in key)]
    if len(sure) < 2 or not below or len(below) < _MIN_SHARE_BELOW * len(lines) or lines[:1] != first[:1]:
        return ()
    against = [number for number, v in first if not all(v[c].strip() for c in sure)]
    # Who writes the number of an invoice on each of its lines leaves it out on none.
    same = sure[:1] if "invoice_id" in positions else sure
    against += [number for (_, a), (number, b) in pairwise(first) if all(a[c] == b[c] for c in same)]
    if against:
        if len(below) >= max(2, _MIN_SHARE_ASKED * len(lines)) and 10 * len(against) <= len(below):
            raise _question_of_fill_down(len(below), sorted(set(against)), sure, file)
        return ()
    return tuple(_columns_of_invoice([v for _, v in first], below, file))


def _columns_of_invoice(first: Sequence[list[str]], below: Sequence[list[str]], file: InvoiceFile) -> list[int]:
    columns = []
    for name, column in file.positions.items():
        is_of_invoice = name in ORDER_FIELDS or all(v[column].strip() for v in first)
        if name not in _LINE_FIELDS and is_of_invoice and not any(v[column].strip() for v in below):
            columns.append(column)
    return columns


def _question_of_fill_down(
    count: int, against: Sequence[int], sure: Sequence[int], file: InvoiceFile
) -> UnusableFileError:
    names = " and ".join(file.headers[column] for column in sure)
    return UnusableFileError(
        f"{names} are empty on {count} of the first rows, as where they stand on the first row of an invoice only and "
        f"hold for the rows below; but row {', '.join(map(str, against[:3]))} lacks only one of them or repeats them",
        f"fill {names} down to all rows of an invoice in the file, or correct these rows",
    )


# --- rows of a whole order -----------------------------------------------------------------------------------

_Run = tuple[int, list[str], list[list[str]]]
"""An order: the number of the row without an item, its values, and the values of the others."""


def _find_order_rows(rows: Iterable[Marked], file: InvoiceFile) -> tuple[int, ...]:
    """Return the columns that rows leave empty which sum the others of their order; none if there are no such."""
    if "invoice_id" not in file.positions:
        return ()
    groups = [_lines(run, file) for run in runs(rows, file.positions["invoice_id"])]
    best: tuple[int, tuple[int, ...]] = (0, ())
    for columns, found in _candidates(groups, file):
        right = [number for number, order, items in found if is_sum(order, items, file.positions)]
        sums = [items for _, order, items in found if is_sum(order, items, file.positions) and _money(order, file)]
        is_of_item = any(file.positions.get(name) in columns for name in _ITEM_FIELDS)
        # The sum of several amounts is no coincidence; one amount that comes twice may be.
        is_strong = any(len(items) > 1 for items in sums) or (is_of_item and len(right) > 1)
        if len(right) == len(found) and is_strong:
            best = max(best, (len(found), columns))
        elif (is_strong and 2 * len(right) >= len(found)) or (is_of_item and _are_all_totals(groups, found, file)):
            wrong = [number for number, _, _ in found if number not in right]
            raise question_of_order_rows(wrong, right, columns, file)
    return best[1]


def _candidates(
    groups: Sequence[Sequence[tuple[int, list[str]]]], file: InvoiceFile
) -> list[tuple[tuple[int, ...], list[_Run]]]:
    """Return columns that are empty on one row of orders only, which is their first or last, with these orders."""
    others = {file.positions.get(name) for name in (*_NUMBER_FIELDS, *ORDER_FIELDS)}
    hits: dict[int, list[tuple[int, int]]] = {c: [] for c in range(len(file.headers)) if c not in others}
    several = [group for group in groups if len(group) > 1]
    lacking = dict.fromkeys(hits, 0)
    for n, (first, *between, last) in enumerate([values for _, values in group] for group in several):
        for column in list(hits):
            is_first, is_last = lacks_item(first, [column]), lacks_item(last, [column])
            count = is_first + is_last + sum(not values[column].strip() for values in between)
            if count == len(between) + 2:
                lacking[column] += 1
            elif count > 1 or (count and not is_first and not is_last):
                del hits[column]
            elif count:
                hits[column].append((n, 0 if is_first else len(between) + 1))
    alone = [group[0][1] for group in groups if len(group) == 1]
    by_hits: dict[tuple[tuple[int, int], ...], list[int]] = defaultdict(list)
    for column, found in hits.items():
        # Orders without any item are lines by themselves; such are few.
        if found and lacking[column] + sum(not values[column].strip() for values in alone) <= len(found):
            by_hits[tuple(found)].append(column)
    return [(tuple(same), [_run(several[n], place) for n, place in found]) for found, same in by_hits.items()]


def _run(group: Sequence[tuple[int, list[str]]], place: int) -> _Run:
    number, order = group[place]
    return number, order, [values for n, (_, values) in enumerate(group) if n != place]


def _money(values: Sequence[str], file: InvoiceFile) -> bool:
    return any(measure(values, LINE_MONEY, file.positions, mark) for mark in MARKS)


def _are_all_totals(groups: Sequence[Sequence[object]], found: Sequence[_Run], file: InvoiceFile) -> bool:
    """Whether every order of several rows has a row without a product whose amount is above that of each other."""
    if len(found) < 3 or len(found) < sum(len(group) > 1 for group in groups):
        return False
    return all(any(_is_above(order, items, file, mark) for mark in MARKS) for _, order, items in found)


def _is_above(order: Sequence[str], items: Sequence[Sequence[str]], file: InvoiceFile, mark: str) -> bool:
    total, *parts = [measure(values, LINE_MONEY, file.positions, mark) for values in (order, *items)]
    return total is not None and all(part is not None and total > part for part in parts)


# --- rows that sum rows above --------------------------------------------------------------------------------


def _find_totals(rows: Iterable[Marked], last: Iterable[Row], file: InvoiceFile) -> tuple[int, ...]:
    """Return the columns in which rows that call themselves totals are the sum of lines above; none if none is.

    Parameters
    ----------
    rows : iterable of Marked
        From the first line.
    last : iterable of Row
        Some of them that may be totals; where none is the others are not gone through.
    file : InvoiceFile
    """
    totals = [values for _, values, _ in last if values is not None and may_be_total(values, file.positions)]
    columns = {column for values in totals for column, value in enumerate(values) if value.strip()}
    if not columns:
        return ()
    seen = Totals([LINE_MONEY, *sorted(columns)], file.positions)
    agreeing: set[int] = set()
    for (_, values, _), mark in rows:
        if values is None or mark:
            continue
        if not may_be_total(values, file.positions):
            seen.add(values)
        elif found := seen.agreeing(values):
            agreeing.update(found)
            seen.close(values)
    return tuple(sorted(agreeing))
