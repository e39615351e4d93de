"""Reads invoice files with pandas and judges their lines by the documented rules, with no code of the project."""

from __future__ import annotations

import datetime
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, permutations

import pandas as pd
from dirty_files import DirtyFile, good_copy
from dirty_orders import FACTS, FIELDS_OF_ORDER
from independent_values import (
    END_DATE,
    FIRST_DATE,
    cleaned,
    customer,
    fit,
    identifier,
    moment,
    number,
    unless_null,
)

YES = {"yes", "y", "true", "t", "1", "x", "returned"}
NO = {"no", "n", "false", "f", "0", "-", "not", "not returned", "", "invoice", "rechnung", "sales order"}
CREDIT_NOTES = {"credit note", "avoir", "gutschrift"}
OFFERS = {"quote"}
CANCELLED = {"refunded", "retourniert", "undone"}
NEVER_PAID = {"voided", "annulliert", "a test"}

Place = tuple[str, int]
"""Path of a file and number of a row."""
LineValues = tuple[str | None, str | None, str | None, Decimal, Decimal, Decimal, datetime.datetime]
"""Customer, invoice, product, quantity, price, amount and time of an accepted line."""


@dataclass(frozen=True)
class ReadRow:
    """A row that could be split: its text, and what is in columns that are not read."""

    place: Place
    file: DirtyFile
    texts: dict[str, str]
    unread: str | None
    is_header: bool

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def invoice_id(self) -> str | None:
        return unless_null(identifier(self.text("invoice_id")))


@dataclass
class Order:
    """What the rows of an order in a file say of all of it: of each field the first that is given."""

    status: str | None = None
    cancelled_at: datetime.datetime | None = None
    refund: Decimal | None = None
    customer_id: str | None = None
    country: str | None = None
    invoiced_at: datetime.datetime | None = None
    says_what_became_of_it: bool = False


Orders = dict[tuple[str, str], Order]
"""By file and number."""


@dataclass
class JudgedLine:
    """A row that could be split, and what has to become of it."""

    row: ReadRow
    invoice_id: str | None
    product_code: str | None
    description: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None
    invoiced_at: datetime.datetime | None
    customer_id: str | None
    country: str | None
    returned_at: datetime.datetime | None
    reason: str | None = None
    is_superseded: bool = False
    counts_items: bool = False
    """Whether equal lines of its file were each sold."""
    item_number: int = 1

    @property
    def source_file(self) -> str:
        return self.row.place[0]

    @property
    def source_row(self) -> int:
        return self.row.place[1]

    @property
    def has_invoice_id(self) -> bool:
        return "invoice_id" in self.row.file.columns

    def content(self) -> tuple[object, ...]:
        """All columns: lines that are equal in them are copies. What became of an order is none of its lines."""
        return (
            *(self.invoice_id, self.product_code, self.description, self.quantity, self.unit_price, self.amount),
            *(self.invoiced_at, self.customer_id, self.country, self.row.unread),
            *((cleaned(self.row.text(name)) or "").lower() for name in ("is_returned", "discount")),
        )

    def values(self) -> LineValues:
        assert self.quantity is not None
        assert self.unit_price is not None
        assert self.amount is not None
        assert self.invoiced_at is not None
        return (
            *(self.customer_id, self.invoice_id, self.product_code),
            *(self.quantity, self.unit_price, self.amount, self.invoiced_at),
        )

    def product_or_description(self) -> str | None:
        return self.product_code or self.description

    def is_sold(self) -> bool:
        """Whether it is what was sold, and counts or is a copy of what does."""
        return self.reason in (None, "duplicate") and self.values()[3] > 0 and self.values()[5] > 0


def judge(
    files: Iterable[tuple[str, DirtyFile]], duplicate_lines: str = "drop", overlapping_files: str = "all"
) -> tuple[list[JudgedLine], Counter[LineValues]]:
    """Judge the lines of all files, each with its path; return them and the lines that are added for what came back."""
    rows = [row for source_file, file in files for row in _read_rows(source_file, file)]
    orders = _read_orders(rows)
    lines = [_judge_line(row, orders.get((row.place[0], row.invoice_id or ""))) for row in rows]
    lines.sort(key=lambda line: line.row.place)
    if overlapping_files != "all":
        _supersede(lines, by_name=overlapping_files == "file_name")
    for line in lines:
        line.reason = line.reason or ("superseded" if line.is_superseded else _reason(line))
    _mark_copies(lines, keeps_copies=duplicate_lines == "keep")
    return lines, _returned_lines(lines) + _refunds(lines, orders)


# --- rows and orders ---------------------------------------------------------------------------------------------


def read_table(file: DirtyFile) -> pd.DataFrame:
    """The values of the rows that can be split, as text, a column for each of the file and one for the row."""
    if file.well_formed:
        text = file.well_formed.text.decode(file.well_formed.encoding).removeprefix("\ufeff")
        # pandas fails on files whose lines end in a return.
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        table = _read_csv(text, file, file.well_formed.delimiter)
        table = table.iloc[file.well_formed.rows_above :].reset_index(drop=True)
    else:
        table = _read_csv(good_copy(file), file, ",")
    table["row"] = file.split_numbers()
    return table


def _read_csv(text: str, file: DirtyFile, delimiter: str) -> pd.DataFrame:
    names = list(range(len(file.columns)))
    if not text:
        return pd.DataFrame(columns=names, dtype=str)
    return pd.read_csv(
        io.StringIO(text), sep=delimiter, header=None, names=names, dtype=str, keep_default_na=False, na_filter=False
    )


def _read_rows(source_file: str, file: DirtyFile) -> Iterator[ReadRow]:
    table = read_table(file)
    headers = [str(header) for header in file.headers]
    has_headers_within = any(
        [str(value) for value in values[:-1]] == headers for values in table.itertuples(index=False)
    )
    for values in table.itertuples(index=False):
        texts = {name: str(values[n]) for n, name in enumerate(file.columns) if name}
        unread = [str(values[n]) for n, name in enumerate(file.columns) if not name]
        shown = [str(value) for value in values[:-1]]
        # Where the header comes again, as on each page, rows of empty cells are passed over with it.
        is_header = shown == headers or (has_headers_within and not any(map(cleaned, shown)))
        place = source_file, int(values[-1])
        yield ReadRow(place, file, texts, "\x1f".join(unread) if unread else None, is_header)


def _read_orders(rows: Iterable[ReadRow]) -> Orders:
    of_orders: dict[tuple[str, str], list[ReadRow]] = {}
    for row in rows:
        if set(FACTS) & set(row.file.columns) and row.invoice_id and not row.is_header:
            of_orders.setdefault((row.place[0], row.invoice_id), []).append(row)
    orders = {key: _read_order(found) for key, found in of_orders.items()}
    # An order that is cut between two files has what became of it in one of them.
    for (source_file, invoice_id), order in orders.items():
        if order.says_what_became_of_it:
            continue
        shape = of_orders[source_file, invoice_id][0].file.shape
        begun = [
            (file, other)
            for (file, number_of_other), other in orders.items()
            if number_of_other == invoice_id and other.says_what_became_of_it
            if of_orders[file, invoice_id][0].file.shape == shape
        ]
        if begun:
            _, other = min(begun, key=lambda pair: pair[0])
            order.status, order.cancelled_at = other.status, other.cancelled_at
            order.customer_id = order.customer_id or other.customer_id
            order.country = order.country or other.country
            order.invoiced_at = order.invoiced_at or other.invoiced_at
    return orders


def _read_order(rows: list[ReadRow]) -> Order:
    file = rows[0].file
    first = {
        name: next((text for row in rows if (text := unless_null(cleaned(row.text(name))))), None)
        for name in ("country", *FACTS)
    }
    dates = [text for row in rows if (text := cleaned(row.text("invoiced_at")))]
    return Order(
        status=_status(first["order_status"]),
        cancelled_at=moment(first["cancelled_at"] or "", file.date_order),
        refund=number(first["order_refund"] or "", file.decimal_mark, 4),
        customer_id=next((known for row in rows if (known := customer(row.text("customer_id")))), None),
        country=first["country"],
        invoiced_at=moment(dates[0], file.date_order) if dates else None,
        says_what_became_of_it=any(first[name] for name in FACTS),
    )


def _status(word: str | None) -> str | None:
    if not word:
        return None
    return "cancelled" if word.lower() in CANCELLED else "never_paid" if word.lower() in NEVER_PAID else "stands"


def _document(text: str) -> str | None:
    word = (cleaned(text) or "").lower()
    meanings = {"returned_sale": YES, "sale": NO, "return": CREDIT_NOTES, "never_paid": OFFERS}
    return next((meaning for meaning, words in meanings.items() if word in words), None)


# --- lines -------------------------------------------------------------------------------------------------------


def _judge_line(row: ReadRow, order: Order | None) -> JudgedLine:
    order = order or Order()
    file = row.file
    of_order = FIELDS_OF_ORDER.get(file.shape, ()) if set(FACTS) & set(file.columns) else ()
    own_customer, own_time = customer(row.text("customer_id")), moment(row.text("invoiced_at"), file.date_order)
    buyer = own_customer or (order.customer_id if "customer_id" in of_order else None)
    time = own_time or (order.invoiced_at if "invoiced_at" in of_order else None)
    country = unless_null(cleaned(row.text("country"))) or (order.country if "country" in of_order else None)
    product = identifier(row.text("product_code"))
    document = _document(row.text("is_returned"))
    quantity = number(row.text("quantity"), file.decimal_mark, 3)
    given = number(row.text("amount"), file.decimal_mark, 4) if "amount" in file.columns else None
    price = number(row.text("unit_price"), file.decimal_mark, 4) if "unit_price" in file.columns else None
    is_bought = bool(product and (own_customer or order.customer_id))
    if document == "return" or _comes_back(quantity, price, given, is_bought):
        # One way to write what comes back.
        quantity = None if quantity is None else -abs(quantity)
        price = None if price is None else abs(price)
        given = None if given is None else -abs(given)
    discount = cleaned(row.text("discount"))
    if "unit_price" not in file.columns:
        price = fit(given / quantity, 4) if given is not None and quantity else None
        amount = given
    else:
        amount = _after_discount(quantity, price, discount, file)
    invoice = row.invoice_id
    if "invoice_id" not in file.columns and time is not None:
        invoice = f"{buyer or ''}/{time.date()}"
    status = _status(cleaned(row.text("order_status"))) or order.status
    returned_at = None
    if document == "returned_sale" or status == "cancelled" or order.cancelled_at:
        cancelled_at = order.cancelled_at
        is_plausible = cancelled_at and time and time <= cancelled_at < END_DATE
        returned_at = cancelled_at if is_plausible else time
    problem = None
    if row.is_header:
        problem = "repeated_header"
    elif document is None:
        problem = "bad_return_flag"
    elif discount and given is None and _discount(discount, file) is None:
        problem = "bad_discount"
    elif status == "never_paid" or document == "never_paid":
        problem = "never_paid"
    return JudgedLine(
        row,
        invoice_id=invoice,
        product_code=product.upper() if product else None,
        description=cleaned(row.text("description")),
        quantity=quantity,
        unit_price=price,
        amount=amount if amount is not None and abs(amount) < Decimal(10) ** 12 else None,
        invoiced_at=time,
        customer_id=buyer,
        country=country,
        returned_at=returned_at,
        reason=problem,
    )


def _comes_back(quantity: Decimal | None, price: Decimal | None, amount: Decimal | None, is_bought: bool) -> bool:
    if price is not None and price < 0 and quantity and is_bought:
        return True
    return amount is not None and quantity is not None and amount * quantity < 0


def _discount(text: str, file: DirtyFile) -> tuple[Decimal, bool] | None:
    """A discount as it is written, and whether it is a share of the price."""
    if text.endswith("%"):
        share = number(text.removesuffix("%"), file.decimal_mark, 4)
        return None if share is None else (abs(share) / 100, True)
    money = number(text, file.decimal_mark, 4)
    return None if money is None else (money, False)


def _after_discount(
    quantity: Decimal | None, price: Decimal | None, discount: str | None, file: DirtyFile
) -> Decimal | None:
    if quantity is None or price is None:
        return None
    product = fit(quantity * price, 4)
    if not discount or product is None:
        return product
    found = _discount(discount, file)
    if found is None:
        return None
    value, is_share = found
    if is_share:
        return fit(product * (1 - value), 4)
    # A discount is taken off what is sold, and off what is paid back.
    value = abs(value)
    return fit(product + value if quantity < 0 else product - value, 4)


def _reason(line: JudgedLine) -> str | None:
    if line.has_invoice_id and line.invoice_id is None:
        return "missing_invoice"
    if not _is_plausible(line.invoiced_at):
        return "bad_date"
    if not line.quantity:
        return "bad_quantity"
    if line.unit_price is None:
        return "bad_price"
    return "bad_amount" if line.amount is None else None


def _is_plausible(time: datetime.datetime | None) -> bool:
    return time is not None and FIRST_DATE <= time < END_DATE


# --- deliveries and copies ---------------------------------------------------------------------------------------

OrderDay = tuple[str, str, datetime.date]
"""File, number and day."""


@dataclass
class _Delivery:
    """What a file has of an order: in full, and what is in it by sales (False), returns (True) and neither (None)."""

    lines: list[JudgedLine] = field(default_factory=list)
    products: dict[bool | None, set[object]] = field(default_factory=dict)

    def whole(self) -> Counter[object]:
        return Counter((line.content(), line.reason, line.returned_at) for line in self.lines)


def _supersede(lines: list[JudgedLine], by_name: bool) -> None:
    """An order is as the newest of the files has it that overlap, whole."""
    deliveries: dict[OrderDay, _Delivery] = {}
    for line in lines:
        if line.invoice_id and line.has_invoice_id and _is_plausible(line.invoiced_at) and not line.row.is_header:
            assert line.invoiced_at is not None
            delivery = deliveries.setdefault((line.source_file, line.invoice_id, line.invoiced_at.date()), _Delivery())
            delivery.lines.append(line)
            side = None if line.amount is None else line.amount < 0
            delivery.products.setdefault(side, set()).add((line.product_code, line.description))
    by_file: dict[str, dict[tuple[str, datetime.date], _Delivery]] = {}
    for (source_file, *order), delivery in deliveries.items():
        by_file.setdefault(source_file, {})[tuple(order)] = delivery  # type: ignore[index]
    last = {
        name: (max(line.invoiced_at for found in of.values() for line in found.lines if line.invoiced_at), name)
        for name, of in by_file.items()
    }
    shapes = {line.source_file: line.row.file.shape for line in lines}
    for older, newer in permutations(by_file, 2):
        is_older = older < newer if by_name else last[older] < last[newer]
        if is_older and shapes[older] == shapes[newer]:
            _supersede_by(by_file[older], by_file[newer])


def _supersede_by(
    older: Mapping[tuple[str, datetime.date], _Delivery], newer: Mapping[tuple[str, datetime.date], _Delivery]
) -> None:
    shared = [(found, newer[order]) for order, found in older.items() if order in newer]
    if not any(one.products[side] & other.products.get(side, set()) for one, other in shared for side in one.products):
        return
    rows = [line.source_row for found in newer.values() for line in found.lines]
    for one, other in shared:
        # With fewer lines at an end of its file it may be cut there.
        ends = {min(rows), max(rows)} & {line.source_row for line in other.lines}
        if one.whole() != other.whole() and not (ends and len(one.lines) > len(other.lines)):
            for line in one.lines:
                line.is_superseded = True


def _mark_copies(lines: list[JudgedLine], keeps_copies: bool) -> None:
    """Of equal lines the first by file and row counts; equal items of an order are several."""
    in_file: Counter[object] = Counter()
    seen = set()
    for line in lines:
        if line.reason is None and line.has_invoice_id:
            line.counts_items = keeps_copies or bool(set(FACTS) & set(line.row.file.columns))
            if line.counts_items:
                in_file[line.source_file, line.content()] += 1
                line.item_number = in_file[line.source_file, line.content()]
            item = line.content(), line.item_number
            if item in seen:
                line.reason = "duplicate"
            seen.add(item)


# --- what came back ----------------------------------------------------------------------------------------------


def _returned_lines(lines: list[JudgedLine]) -> Counter[LineValues]:
    """The returns of lines that are marked, one for equal lines, where no line of the return is there besides."""
    marked: dict[object, JudgedLine] = {}
    in_file: Counter[object] = Counter()
    for line in lines:
        if line.returned_at and line.is_sold():
            # In two files of an order as many came back as in the one in which more did.
            in_file[line.source_file, line.content()] += 1
            number_in_file = in_file[line.source_file, line.content()] if line.counts_items else 1
            marked.setdefault((line.content(), number_in_file) if line.has_invoice_id else line.row.place, line)
    written: dict[object, list[datetime.datetime]] = {}
    for line in lines:
        if line.reason is None and line.values()[3] < 0 and line.values()[5] < 0:
            written.setdefault(_item(line, -line.values()[3]), []).append(line.values()[6])
    found: Counter[LineValues] = Counter()
    for line in sorted(marked.values(), key=lambda line: (line.values()[6], line.row.place)):
        buyer, invoice, product, quantity, price, amount, time = line.values()
        returns = sorted(written.get(_item(line, quantity), []))
        later = next((moment for moment in returns if moment >= time), None)
        if later and buyer and line.product_or_description():
            written[_item(line, quantity)].remove(later)
        else:
            assert line.returned_at is not None
            found[buyer, invoice, product, -quantity, price, -amount, line.returned_at] += 1
    return found


def _item(line: JudgedLine, quantity: Decimal) -> tuple[object, ...]:
    return line.customer_id, line.product_or_description(), quantity


def _refunds(lines: list[JudgedLine], orders: Orders) -> Counter[LineValues]:
    """What was refunded of an order as a whole: a return up to the value of its goods, and a charge beyond."""

    def order_of(line: JudgedLine) -> tuple[str, str]:
        return line.row.file.shape, line.invoice_id or ""

    sold = [line for line in lines if set(FACTS) & set(line.row.file.columns) and line.is_sold()]
    shapes = {line.source_file: line.row.file.shape for line in lines}
    found: Counter[LineValues] = Counter()
    for (shape, invoice), group in groupby(sorted(sold, key=order_of), key=order_of):
        of_order = list(group)
        refund = max(
            order.refund or Decimal()
            for (f, number), order in orders.items()
            if (shapes[f], number) == (shape, invoice)
        )
        items = {(line.content(), line.item_number): line for line in reversed(of_order)}.values()
        worth = sum((line.values()[5] for line in items), Decimal())
        marked = sum((line.values()[5] for line in items if line.returned_at), Decimal())
        buyer = min((line.customer_id for line in of_order if line.customer_id), default=None)
        time = min(line.values()[6] for line in of_order)
        for money in (min(refund, worth) - marked, refund - worth):
            if money > 0:
                found[buyer, invoice, None, Decimal(-1), money, -money, time] += 1
    return found
