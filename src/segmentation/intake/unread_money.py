"""Finds money that would be read wrongly: discounts, currencies and amounts that are not read, prices in cents."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from segmentation.intake.column_map import as_option
from segmentation.intake.delimited import Row
from segmentation.intake.guesses import money_columns, number_of
from segmentation.intake.headers import normal
from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.shapes import EBAY, GENERIC
from segmentation.intake.unread_words import Words, read_columns

_CURRENCIES = {
    *("AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF"),
    *("IDR", "ILS", "INR", "ISK", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PEN", "PHP", "PLN", "RON", "RSD", "RUB"),
    *("SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR"),
}
_DISCOUNT = re.compile(
    "discount|rabat|remise|ristourne|descuento|sconto|desconto|korting|rabatt|nachlass", re.IGNORECASE
)
# Of the order or of the postage, or no money at all.
_NO_DISCOUNT_OF_LINES = re.compile(
    "code|name|type|reason|coupon|voucher|ship|versand|order|total|tax|id$", re.IGNORECASE
)
_MINOR_UNIT = re.compile(
    r"(^|[^a-z])(cents?|ct|pence|centimes?|centavos?|c[eé]ntimos?|centesimi|[öø]re|grosz[ey]?|minor.?units?)($|[^a-z])",
    re.IGNORECASE,
)
_SAYS_UNIT_OF_DISCOUNT = re.compile("%|percent|prozent|pct|amount|betrag|value|money|montant|importe", re.IGNORECASE)
_CREDIT = re.compile(r"\d\s*(cr[.]?|\sh)$", re.IGNORECASE)
_FEWEST_ROUND = 10
_OF_COSTS = re.compile("cost|einkauf|coût|coste|kost", re.IGNORECASE)
_ROUNDING = Decimal("0.006")
_FEWEST_OTHERS = 3
_OTHER_SHARE = 0.02
_AGREED_SHARE = 0.5
_RELATED = (Decimal("0.3"), Decimal("1.5"))
_RELATED_SHARE = 0.95
_TAX_RATES = 3


def refuse_unread_currencies(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Ask about a column of several currencies that is not read: different moneys would be added up.

    Raises
    ------
    UnusableFileError
        With the column, two of its currencies, and the settings that answer.
    """
    if "currency" in file.positions:
        return
    ignored = {normal(header) for header in words.ignored_columns}
    for n, header in enumerate(file.headers):
        if n in file.positions.values() or normal(header) in ignored:
            continue
        given = Counter(text for _, values, _ in rows if values and (text := values[n].strip().upper()))
        if len(given) > 1 and given.keys() <= _CURRENCIES:
            one, other = sorted(given, key=lambda code: (-given[code], code))[:2]
            raise UnusableFileError(
                f"the column {header!r} is not read, and says {one} on {given[one]} and {other} on {given[other]} of "
                "the rows that were looked at: amounts in different currencies would be added up",
                f"say what it is: {as_option({'currency': header})} beside what else is named there, and give "
                f"exchange_rates; or --vars '{{ignored_columns: [{json.dumps(header, ensure_ascii=False)}]}}' if all "
                "amounts are in one currency",
            )


def refuse_unread_discounts(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Ask about a column of discounts that is not read, where lines are worth quantity times price.

    Only in files that are recognised by any of many names: what is read of other shapes was looked up.

    Raises
    ------
    UnusableFileError
        With the column, one of its values, and the settings that answer.
    """
    if file.shape != GENERIC or {"discount", "amount"} & set(file.positions):
        return
    ignored = {normal(header) for header in words.ignored_columns}
    columns = [
        (n, header)
        for n, header in enumerate(file.headers)
        if n not in file.positions.values() and normal(header) not in ignored
        if _DISCOUNT.search(header) and not _NO_DISCOUNT_OF_LINES.search(header)
    ]
    for n, header in columns:
        given = [values[n] for _, values, _ in rows if values and re.search("[1-9]", values[n])]
        if given:
            raise UnusableFileError(
                f"the column {header!r} is not read, and has a discount such as {given[0]!r} on {len(given)} of the "
                "rows that were looked at, which would not be taken off",
                f"say that it is one: {as_option({'discount': header})} beside what else is named there, or --vars "
                f"'{{ignored_columns: [{json.dumps(header, ensure_ascii=False)}]}}' if the prices are less it already",
            )


def refuse_unclear_discounts(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Ask whether discounts are money: where none is above 1 they may be shares, where all are round per cent.

    Raises
    ------
    UnusableFileError
        With the column, three of its values, and the setting that answers.
    """
    n = file.positions.get("discount")
    if n is None or words.discount_unit or file.shape != GENERIC or "amount" in file.positions:
        return
    if _SAYS_UNIT_OF_DISCOUNT.search(file.headers[n]):
        return
    texts = [values[n].strip() for _, values, _ in rows if values and "%" not in values[n]]
    given = {text: abs(number) for text in texts if (number := number_of(text))}
    lines = sum(text in given for text in texts)
    is_share = lines >= _FEWEST_OTHERS and all(number <= 1 for number in given.values())
    is_round = lines >= _FEWEST_ROUND and all(number % 5 == 0 and number <= 100 for number in given.values())
    if is_share or is_round:
        shown = ", ".join(sorted(given, key=lambda text: (given[text], text))[:3])
        raise UnusableFileError(
            f"it is not clear whether the column {file.headers[n]!r} is money: its discounts, such as {shown}, may be "
            + ("shares of the price" if is_share else "per cent"),
            "say it: --vars '{discount_unit: money}' if 5 takes 5.00 off, percent if it takes 5 % off, share if 0.05 "
            "does",
        )


def refuse_unread_amounts(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Ask about a column of amounts that is not read, and that is not what quantity times price gives on some lines.

    It is what the lines cost if it agrees with quantity and price on most of them, or stands in changing proportion to
    them, as after discounts. A constant proportion, or a few of them, is a tax: that changes little between customers.

    Raises
    ------
    UnusableFileError
        With the column, one of the lines, and the settings that answer.
    """
    if file.shape != GENERIC or "amount" in file.positions or not {"quantity", "unit_price"} <= set(file.positions):
        return
    ignored = {normal(header) for header in words.ignored_columns}
    price, quantity = file.positions["unit_price"], file.positions["quantity"]
    table = [values for _, values, _ in rows if values]
    for n in money_columns(file.headers, table, set(file.positions.values())):
        header = file.headers[n]
        if normal(header) in ignored or _OF_COSTS.search(header):
            continue
        read = [tuple(number_of(row[column]) for column in (quantity, price, n)) for row in table]
        known = [(q, p, amount) for q, p, amount in read if q and p and amount is not None]
        others = [(q, p, amount) for q, p, amount in known if abs(q * p - amount) > _ROUNDING * max(abs(q), Decimal(1))]
        fewest = max(float(_FEWEST_OTHERS), _OTHER_SHARE * len(known))
        if len(others) >= fewest and _is_line_amount(known, len(others)):
            q, p, amount = others[0]
            raise UnusableFileError(
                f"the column {header!r} is not read, and is not quantity times price on {len(others)} of "
                f"{len(known)} rows that were looked at: {amount} beside {q} times {p}",
                f"say which counts: {as_option({'amount': header})} beside what else is named there, or --vars "
                f"'{{ignored_columns: [{json.dumps(header, ensure_ascii=False)}]}}' if quantity times price does",
            )


def _is_line_amount(known: Sequence[tuple[Decimal, Decimal, Decimal]], others: int) -> bool:
    if others <= (1 - _AGREED_SHARE) * len(known):
        return True
    ratios = [amount / (quantity * price) for quantity, price, amount in known]
    related = [ratio for ratio in ratios if _RELATED[0] <= ratio <= _RELATED[1]]
    return len(related) >= _RELATED_SHARE * len(known) and len({round(ratio, 2) for ratio in related}) > _TAX_RATES


def refuse_unclear_sales(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Ask whether `Sold For` of eBay is the amount of a line or the price of a unit, where nothing shows it.

    It is shown beside the total of a row of several units, less postage and taxes.

    Raises
    ------
    UnusableFileError
        If it is the price of a unit, or nothing shows what it is, with one of the rows and the columns to name.
    """
    if file.shape != EBAY or {"amount", "unit_price"} & set(words.named_fields):
        return
    by_name = {normal(header): n for n, header in enumerate(file.headers)}
    of_line = of_unit = ""
    several = 0
    for values in (values for _, values, _ in rows if values):
        quantity, sold, total = (
            number_of(values[n]) if n is not None else None
            for n in (file.positions["quantity"], file.positions["amount"], by_name.get(normal("Total Price")))
        )
        if quantity is None or quantity == 1 or not sold:
            continue
        several += 1
        if total is None:
            continue
        postage, *taxes = (
            number_of(values[by_name[normal(name)]]) or Decimal() if normal(name) in by_name else Decimal()
            for name in ("Shipping And Handling", "Seller Collected Tax", "eBay Collected Tax")
        )
        rests = {total - postage - tax for tax in (Decimal(), *taxes, sum(taxes, Decimal()))}
        shown = f"{quantity} sold for {sold}, in all {total}"
        of_line = of_line or (shown if sold in rests else "")
        of_unit = of_unit or (shown if quantity * sold in rests else "")
    if (of_line and not of_unit) or not several:
        return
    header = file.headers[file.positions["amount"]]
    raise UnusableFileError(
        f"it is not clear whether the column {header!r} is the price of one unit or the amount of the line"
        + (f": {of_unit}" if of_unit else ""),
        f"name it: {as_option({'unit_price': header})} or {as_option({'amount': header})}",
    )


def refuse_credits(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Refuse money that is on the credit side on most rows (45.00 CR): sales would be read as what came back.

    Raises
    ------
    UnusableFileError
        With the column, one of its values, and what to do.
    """
    for n in read_columns(file, ("unit_price", "amount"), words):
        given = [values[n].strip() for _, values, _ in rows if values and values[n].strip()]
        on_credit = [text for text in given if _CREDIT.search(text)]
        if 2 * len(on_credit) > len(given):
            raise UnusableFileError(
                f"the column {file.headers[n]!r} is on the credit side on {len(on_credit)} of {len(given)} "
                f"rows that were looked at, such as {on_credit[0]!r}: sales would be read as returns",
                "export it with sales above 0, or turn the sign by a query that is given as invoice_relation",
            )


def refuse_minor_units(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Refuse money in cents, pence and their like: it would be read as a hundred times as much.

    Raises
    ------
    UnusableFileError
        With the column, one of its values, and what to do.
    """
    for n in read_columns(file, ("unit_price", "amount"), words):
        if not _MINOR_UNIT.search(file.headers[n]):
            continue
        given = [number for _, values, _ in rows if values and (number := number_of(values[n])) is not None]
        if given and all(number == number.to_integral_value() for number in given):
            raise UnusableFileError(
                f"the column {file.headers[n]!r} is in hundredths of the currency by its header, such as {given[0]}, "
                "and would be read as whole units",
                "divide it by 100: in the export, or by a query that is given as invoice_relation; or call the column "
                "otherwise if it is in whole units",
            )
