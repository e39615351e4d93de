"""Says why a table can't be read, and what to say so that it can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segmentation.intake.column_map import ColumnMaps, Table, as_option, nearest
from segmentation.intake.foreign_formats import refuse_headings
from segmentation.intake.guesses import (
    Money,
    guess_columns,
    less_than_price,
    lines_below,
    money_columns,
    money_of,
    price_and_total,
)
from segmentation.intake.headers import TITLE_ROWS, filled, find_header, is_data, normal
from segmentation.intake.invoice_file import NoInvoiceLinesError
from segmentation.intake.shapes import FIELDS, WITHOUT_HEADER, Shapes

_ASKED = "YOUR COLUMN"
_INDENTED = "\n             "


def explain(
    shapes: Shapes, rows: Sequence[Sequence[str]], column_maps: ColumnMaps, table: Table
) -> NoInvoiceLinesError:
    """Say why no shape fits a table.

    Parameters
    ----------
    shapes : Shapes
    rows : sequence of sequence of str
        Its first rows.
    column_maps : ColumnMaps
        What was said about columns.
    table : Table
        What the table is called.
    """
    named = column_maps.of(table).headers
    number = _header_row(shapes, rows, named)
    headers = rows[number] if number is not None else []
    if rows and len(rows[0]) > 2 and is_data(rows[0]) and not shapes.known_columns(headers, named):
        return NoInvoiceLinesError(
            f"the file has no header: its first line is {', '.join(rows[0])[:80]!r}",
            "number the columns: --vars '{column_map: {invoice_id: 1, customer_id: 2, invoiced_at: 3, quantity: 4, "
            "unit_price: 5}}', with the numbers of this file",
        )
    if number is None:
        widest = max(range(len(rows[:TITLE_ROWS])), key=lambda n: len(rows[n]), default=None)
        shown = " ".join(rows[widest] if widest is not None else [])[:80]
        return NoInvoiceLinesError(
            f"the file is not a table with a header: its first line is {shown!r}",
            "export invoice lines as CSV with the column names in the first line",
        )
    return _name_columns(shapes, rows, number, column_maps, table)


def _header_row(shapes: Shapes, rows: Sequence[Sequence[str]], named: Mapping[str, str]) -> int | None:
    """Find the header: the row with the most known columns, else what looks like one by what stands below."""
    known = [shapes.known_columns(row, named) for row in rows[:TITLE_ROWS]]
    best = max(range(len(known)), key=lambda n: (known[n], len(rows[n])), default=None)
    found = find_header(rows)
    if best is not None and known[best] > 1:
        return best
    if found is not None or best is None:
        return found
    # A shape that was asked for says more by what it misses, even where that is everything.
    return best if len(rows[best]) > 2 and (known[best] or shapes.is_forced) else None


def _name_columns(
    shapes: Shapes, rows: Sequence[Sequence[str]], number: int, column_maps: ColumnMaps, table: Table
) -> NoInvoiceLinesError:
    headers = [header.strip() for header in rows[number]]
    column_map = column_maps.of(table)
    named = column_map.headers
    lacking = column_map.lacking(headers)
    positions, missing = shapes.missing(headers, {} if lacking else named)
    if "customer_id" in missing and not lacking:
        refuse_headings(rows, number)
    problem = f"no column for {', '.join(missing) or 'the required fields'}"
    if not shapes.known_columns(headers) and not shapes.is_forced:
        problem = f"no column is known by its header; needed are {', '.join(missing)}"
    near, shown_lacking = nearest(lacking, headers)
    if lacking:
        problem = f"column_map does not hold for it, for want of {shown_lacking}; and without it {problem}"
    lines = lines_below(rows, number)
    # What was named and is there, by another spelling too, need not be guessed.
    own = {field: near.get(h, h) for field, h in named.items() if h not in lacking or h in near}
    by_name = {normal(h): n for n, h in enumerate(headers)}
    positions = positions | {field: by_name[normal(h)] for field, h in own.items()}
    suggestion = _suggest(headers, lines, positions, [field for field in missing if field not in own])
    settings = [own | columns for columns, _ in suggestion]
    options = [as_option(column_maps.with_columns({table: s}) if column_maps else s) for s in settings]
    meanings = [meaning for _, meaning in suggestion]
    remedy = "say which they are, all in one: " + f"{_INDENTED}or ".join(
        f"{option}{meaning}" for option, meaning in zip(options, meanings, strict=True)
    )
    if missing == ["invoice_id"]:
        remedy += f"; if there are no invoice numbers at all: --vars '{{invoice_shape: {WITHOUT_HEADER}}}'"
    shown = ", ".join(headers[position] for position in filled(headers))[:600]
    return NoInvoiceLinesError(f"{problem} among: {shown}", remedy, tuple(headers))


def _suggest(
    headers: Sequence[str], lines: Sequence[Sequence[str]], positions: Mapping[str, int], missing: Sequence[str]
) -> list[tuple[dict[str, str], str]]:
    """Return the mappings that could be meant, each with what would follow from it."""
    taken = set(positions.values())
    guessed = guess_columns(headers, lines, missing, taken)
    columns = {
        field: headers[guessed[field]] if field in guessed else _ASKED
        for field in FIELDS
        if field in missing and field != "unit_price"
    }
    if "unit_price" not in missing:
        return _without_quantity(columns, headers, positions) if columns.get("quantity") == _ASKED else [(columns, "")]
    money = money_columns(headers, lines, taken | set(guessed.values()))
    quantity = positions.get("quantity", guessed.get("quantity"))
    if not money:
        return [
            (
                columns | {"unit_price": _ASKED},
                ", or amount instead of unit_price where a column has the total of the line",
            )
        ]
    if quantity is not None and (both := price_and_total(lines, money, quantity)):
        price, total = (headers[n] for n in both)
        meaning = f" ({headers[quantity]} times {price} makes {total} in all of the first rows)"
        return [(columns | {"unit_price": price, "amount": total}, meaning)]
    offers = _price_or_amount(columns, [money_of(headers, lines, n, quantity) for n in money], headers, quantity)
    return _with_doubt(offers, headers, lines, money, quantity)


def _with_doubt(
    offers: list[tuple[dict[str, str], str]],
    headers: Sequence[str],
    lines: Sequence[Sequence[str]],
    money: Sequence[int],
    quantity: int | None,
) -> list[tuple[dict[str, str], str]]:
    """Add to the offer of a price what speaks against it: a total of the row that is less."""
    columns, meaning = offers[0]
    if quantity is None or "unit_price" not in columns:
        return offers
    total, rows = less_than_price(headers, lines, headers.index(columns["unit_price"]), quantity, money)
    return [(columns, f"{meaning}, which is more than {total} in {rows} of the rows"), *offers[1:]] if total else offers


def _without_quantity(
    columns: Mapping[str, str], headers: Sequence[str], positions: Mapping[str, int]
) -> list[tuple[dict[str, str], str]]:
    """Offer the price of a table without quantities as the amount of each line."""
    price = headers[positions["unit_price"]] if "unit_price" in positions else _ASKED
    others = {field: header for field, header in columns.items() if field != "quantity"}
    return [
        (others | {"amount": price}, f" if a row is a line that is worth {price}, such as one unit"),
        (dict(columns), f" if there is a column of quantities, so that a line is worth that times {price}"),
    ]


def _price_or_amount(
    columns: Mapping[str, str], money: Sequence[Money], headers: Sequence[str], quantity: int | None
) -> list[tuple[dict[str, str], str]]:
    """Offer a column of money as the price of a unit, and one as the amount of the line."""
    price = next((m for m in money if m.is_of_unit), money[0])
    total = min(money, key=lambda m: (m.is_of_unit, not m.is_of_line))
    of_units = f" if {price.header} is the price of one unit"
    if price.of_units is not None and quantity is not None and price.rows:
        made = f"{price.of_units:,.2f} of the first {price.rows} rows"
        of_units += f" ({headers[quantity]} times {price.header} would make {made})"
    of_lines = f" if {total.header} is the amount of the whole line"
    if total.rows:
        of_lines += f" (it makes {total.of_lines:,.2f} of the first {total.rows} rows)"
    others = [f"{m.header} ({m.of_lines:,.2f})" for m in money if m not in (price, total)]
    if others:
        of_lines += f"; other columns of money are {', '.join(others)}"
    without_quantity = {f: h for f, h in columns.items() if not (f == "quantity" and h == _ASKED)}
    offers = [
        (dict(columns) | {"unit_price": price.header}, of_units),
        (without_quantity | {"amount": total.header}, of_lines),
    ]
    # Without a quantity only the amount of a line says what it is worth.
    return offers if quantity is not None else offers[::-1]
