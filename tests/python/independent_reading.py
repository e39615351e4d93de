"""Reads invoice files with pandas and judges their lines by the documented rules, with no code of the project."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import pandas as pd
from dirty_files import DirtyFile, good_copy

BLANKS = " \t\n\r\u00a0"
# The days of 1970 that programs write for none are none.
FIRST_DATE, END_DATE = datetime.datetime(1970, 1, 3), datetime.datetime(2100, 1, 1)
YES = {"yes", "y", "true", "t", "1", "x", "returned"}
NO = {"no", "n", "false", "f", "0", "-", "not", "not returned", ""}
NULLS = {"NULL", "null", "(null)", r"\N", "NaN", "#N/A"}
NOBODY = {"null", "nan", "none", "n/a", "-", "#ref!"}

LineValues = tuple[str | None, str | None, str | None, Decimal, Decimal, Decimal, datetime.datetime]
"""Customer, invoice, product, quantity, price, amount and time of an accepted line."""


@dataclass
class JudgedLine:
    """A row that could be split, and what has to become of it."""

    source_file: str
    source_row: int
    invoice_id: str | None
    product_code: str | None
    description: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None
    invoiced_at: datetime.datetime | None
    customer_id: str | None
    country: str | None
    has_invoice_id: bool
    is_returned: bool | None
    unread: str | None
    reason: str | None = None

    def content(self) -> tuple[object, ...]:
        """All columns: lines that are equal in them are copies."""
        return (
            *(self.invoice_id, self.product_code, self.description, self.quantity, self.unit_price),
            *(self.amount, self.invoiced_at, self.customer_id, self.country, self.unread),
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


def judge(files: Iterable[tuple[str, DirtyFile]]) -> list[JudgedLine]:
    """Judge the lines of all files, each with its path; of equal lines the first by file and row counts."""
    lines = [line for source_file, file in files for line in _judge_file(source_file, file)]
    seen = set()
    for line in sorted(lines, key=lambda line: (line.source_file, line.source_row)):
        if line.reason is None and line.has_invoice_id:
            if line.content() in seen:
                line.reason = "duplicate"
            seen.add(line.content())
    return lines


def derived_returns(lines: Iterable[JudgedLine]) -> dict[tuple[object, ...], LineValues]:
    """The returns of lines that are flagged, one for lines that are equal."""
    found = {}
    for line in lines:
        if line.is_returned and line.reason in (None, "duplicate"):
            customer, invoice, product, quantity, price, amount, time = line.values()
            if quantity > 0 and amount > 0:
                found[line.content()] = customer, invoice, product, -quantity, price, -amount, time
    return found


def _judge_file(source_file: str, file: DirtyFile) -> Iterable[JudgedLine]:
    for values in read_table(file).itertuples(index=False):
        texts = {name: str(values[n]) for n, name in enumerate(file.columns) if name}
        unread = [str(values[n]) for n, name in enumerate(file.columns) if not name]
        line = _judge_line(source_file, int(values[-1]), texts, "\x1f".join(unread) if unread else None, file)
        if [str(value) for value in values[:-1]] == [str(header) for header in file.headers]:
            line.reason = "repeated_header"
        yield line


def _judge_line(
    source_file: str, source_row: int, texts: dict[str, str], unread: str | None, file: DirtyFile
) -> JudgedLine:
    quantity = number(texts["quantity"], file.decimal_mark, 3)
    if "amount" in texts:
        price, amount = None, number(texts["amount"], file.decimal_mark, 4)
        if amount is not None and quantity is not None:
            if amount * quantity < 0:
                # One of them is below 0.
                quantity, amount = -abs(quantity), -abs(amount)
            price = _fit(amount / quantity, 4) if quantity else None
    else:
        price = number(texts["unit_price"], file.decimal_mark, 4)
        is_refund = quantity is not None and price is not None and price < 0 and quantity != 0
        if is_refund and _customer(texts["customer_id"]) and identifier(texts.get("product_code", "")):
            # One way to write what comes back.
            quantity, price = -abs(quantity), -price  # type: ignore[operator, arg-type]
        amount = _fit(quantity * price, 4) if quantity is not None and price is not None else None
    time = moment(texts["invoiced_at"], file.date_order)
    customer = _customer(texts["customer_id"])
    invoice = _unless_null(identifier(texts.get("invoice_id", "")))
    if "invoice_id" not in texts and time is not None:
        invoice = f"{customer or ''}/{time.date()}"
    product = identifier(texts.get("product_code", ""))
    line = JudgedLine(
        source_file,
        source_row,
        invoice_id=invoice,
        product_code=product.upper() if product else None,
        description=_text(texts.get("description", "")),
        quantity=quantity,
        unit_price=price,
        amount=amount if amount is not None and abs(amount) < Decimal(10) ** 12 else None,
        invoiced_at=time,
        customer_id=customer,
        country=_unless_null(_text(texts.get("country", ""))),
        has_invoice_id="invoice_id" in texts,
        is_returned=_flag(texts.get("is_returned", "")),
        unread=unread,
    )
    line.reason = _reason(line)
    return line


def _reason(line: JudgedLine) -> str | None:
    if line.is_returned is None:
        return "bad_return_flag"
    if line.has_invoice_id and line.invoice_id is None:
        return "missing_invoice"
    if line.invoiced_at is None or not FIRST_DATE <= line.invoiced_at < END_DATE:
        return "bad_date"
    if not line.quantity:
        return "bad_quantity"
    if line.unit_price is None:
        return "bad_price"
    return "bad_amount" if line.amount is None else None


# --- single values -------------------------------------------------------------------------------------------------


def _text(text: str) -> str | None:
    return text.strip(BLANKS) or None


def _unless_null(text: str | None) -> str | None:
    return None if text in NULLS else text


def identifier(text: str) -> str | None:
    """Text without outer blanks and what guards it; 17850 is what spreadsheets write as 17850.0 and 17,850."""
    found = _text(text)
    if found and re.fullmatch("[0-9]+[.]00?", found):
        return found.partition(".")[0]
    if found and re.fullmatch("[1-9][0-9]{0,2}(,[0-9]{3})+([.]00?)?", found):
        return found.replace(",", "").partition(".")[0]
    if found and found.startswith(("'", '="')):
        found = found.removeprefix("'") if found.startswith("'") else found[2:].lstrip()
        return found.removesuffix('"') or None
    return found


def _customer(text: str) -> str | None:
    found = _text(text)
    customer = found.lower() if found and "@" in found else identifier(text)
    return None if customer and customer.lower() in NOBODY else customer


def _flag(text: str) -> bool | None:
    found = (_text(text) or "").lower()
    return True if found in YES else False if found in NO else None


def number(text: str, decimal_mark: str, places: int) -> Decimal | None:
    """A number that is written with a decimal mark, rounded; None where it is none or has more than 18 digits."""
    found = text.strip(BLANKS)
    if decimal_mark == "." and found and set(found) <= set("0123456789+-.eE"):
        # As programs write it.
        try:
            return _fit(Decimal(found), places)
        except InvalidOperation:
            pass
    signs = 0
    found = found.removeprefix("'")
    if found.startswith("(") and found.endswith(")"):
        found, signs = found[1:-1].strip(BLANKS), 1
    if found.startswith("£"):
        found = found[1:].strip(BLANKS)
    if found.startswith(("-", "\u2212", "+")):
        signs += found[0] != "+"
        found = found[1:].strip(BLANKS)
    if found.endswith("-"):
        found, signs = found[:-1].strip(BLANKS), signs + 1
    whole, _, decimals = found.partition(decimal_mark)
    group_mark = next((mark for mark in whole if not mark.isdigit()), "")
    if group_mark:
        first, *others, last = whole.split(group_mark)
        in_threes = {len(o) for o in others} <= {3}
        # As in India.
        in_twos = len(first) <= 2 and group_mark in ",." and bool(others) and {len(o) for o in others} == {2}
        if (
            group_mark not in {".", ",", " ", "'"} - {decimal_mark}
            or not 1 <= len(first) <= 3
            or len(last) != 3
            or not (in_threes or in_twos)
        ):
            return None
        whole = whole.replace(group_mark, "")
    digits = whole + decimals
    if signs > 1 or not (digits.isascii() and digits.isdigit()):
        return None
    return _fit(Decimal(f"{whole or 0}.{decimals or 0}") * (-1 if signs else 1), places)


def _fit(value: Decimal, places: int) -> Decimal | None:
    if not value.is_finite() or abs(value) >= Decimal(10) ** (19 - places):
        return None
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded if abs(rounded) < Decimal(10) ** (18 - places) else None


def moment(text: str, date_order: str) -> datetime.datetime | None:
    """A time whose year comes first, or whose day and month are in the order of the file; without a zone, in UTC."""
    found = text.strip(BLANKS)
    begin = found[:4]
    if len(begin) == 4 and begin.isascii() and begin.isdigit():
        if len(found) == 8 and found.isdigit():
            return _first_that_fits(found, ["%Y%m%d"])
        if found.endswith(("Z", "+02:00", "-0530")):
            zoned = _first_that_fits(found, ["%Y-%m-%dT%H:%M:%S%z"])
            return zoned.astimezone(datetime.UTC).replace(tzinfo=None) if zoned else None
        days = ["%Y-%m-%d", "%Y/%m/%d"]
        return _first_that_fits(
            found, [f"{day}{time}" for day in days for time in ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S")]
        )
    if not date_order or not found[:1].isdigit():
        return None
    day = "%d/%m/" if date_order == "dmy" else "%m/%d/"
    times = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")
    slashed = found.replace(".", "/").replace("-", "/")
    return _first_that_fits(slashed, [f"{day}{year}{time}" for year in ("%y", "%Y") for time in times])


def _first_that_fits(text: str, forms: list[str]) -> datetime.datetime | None:
    for form in forms:
        try:
            return datetime.datetime.strptime(text, form)
        except ValueError:
            continue
    return None
