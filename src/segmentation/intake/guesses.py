"""Guesses which column could hold a field, for a message that asks; nothing is read by a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from segmentation.intake.headers import filled, is_number_or_date

_SAMPLE = 20

_NO_NUMBER = r"^(?!.*(line|product|item|date|datum|status|total|type|amount|address|e-?mail|name|customer|tax))"

# What headers are called, the surest words first. Fields are looked for in this order: a column is guessed once.
_WORDS: dict[str, tuple[str, ...]] = {
    "invoiced_at": (
        r"(order|purchase|sale|sold|invoice).*(date|time)|(rechnungs?|bestell|auftrags?|beleg)datum|fkdat",
        r"date|datum|fecha|\bdata\b|timestamp|dato\b|\btag\b|\bday\b|\btime\b|created",
    ),
    "quantity": (
        r"quantity|qty|menge|anzahl|quantit|cantidad|aantal|antal|ilosc|ilość|hoeveelheid",
        r"units|pieces|pcs|stück|stueck|items sold|\bcount\b",
    ),
    "customer_id": (
        r"(customer|client|buyer|debitor|kunden?|cliente|klant|kund|klient)\W?(unique\W?)?(id|no|nr|num|code|user)",
        r"account\W?(id|no|num)|e-?mail|courriel|correo",
        r"customer|client|buyer|kunde|klant|kund\b|klient|debitor|auftrgeber|acheteur|comprador",
        r"contact|partner|member|bill.?to|company|firma|account",
    ),
    "invoice_id": (
        rf"{_NO_NUMBER}.*(invoice|rechnung|fakt|factur|fattura|faktur)",
        rf"{_NO_NUMBER}.*(receipt|bill|bon\b|beleg|ticket|scontrino|kvitto|paragon)",
        rf"{_NO_NUMBER}.*(order|bestell|auftrag|commande|pedido|encomenda|ordine|zamow|zamów)",
        rf"{_NO_NUMBER}.*(\bnum\b|number|nummer|numero|número|numéro|transaction)",
    ),
    "product_code": (r"sku|(article|artikel|item|product|material)\W?(id|no|nr|num|code)|\bean\b",),
    "description": (r"description|bezeichnung|title|item|product|artikel",),
}
_UNIT_PRICE = re.compile(
    r"^(?!.*(total|line|gesamt|sum|ext))"
    r".*(price|preis|prix|precio|prezzo|preço|preco|prijs|\bcena\b|\bpris\b|unit|rate\b)",
    re.I,
)
_LINE_AMOUNT = re.compile(r"line|item|\bnet|extended|\bn\.|netto|ligne|riga|linea", re.I)
_MONEY = re.compile(
    r"price|preis|prix|precio|prezzo|preço|preco|prijs|amount|total|sales|revenue|\bnet\b|gross|sold for|value|cost"
    r"|paid|betrag|summe|umsatz|wert|erlös|montant|importe|importo|valor|bedrag|kwota|wartosc|wartość|belopp|summa",
    re.I,
)
_OTHER_MONEY = re.compile(
    r"tax|vat|mwst|ust\b|\btva\b|\biva\b|btw|moms|ship|postage|freight|versand|handling|fee|tip\b|commission|discount"
    r"|rabatt|refund|balance|saldo|weight|amount (due|paid)|cost price|margin|profit|type|date|currency|status|number"
    r"|\bid\b|\bno\b|name|code|formatted",
    re.I,
)


@dataclass(frozen=True)
class Money:
    """What a column of money would make of the first rows.

    Attributes
    ----------
    header : str
    of_units : Decimal or None
        The sum of quantity times the value; None where no quantity is known.
    of_lines : Decimal
        The sum of the values.
    rows : int
        How many rows were looked at.
    is_of_unit, is_of_line : bool
        Whether the header speaks of a price and of no total; of a line.
    """

    header: str
    of_units: Decimal | None
    of_lines: Decimal
    rows: int
    is_of_unit: bool
    is_of_line: bool


def guess_columns(
    headers: Sequence[str], rows: Sequence[Sequence[str]], fields: Sequence[str], taken: Collection[int]
) -> dict[str, int]:
    """Return the column that could hold each field, by its header and by what stands in it.

    Parameters
    ----------
    headers : sequence of str
    rows : sequence of sequence of str
        What stands below.
    fields : sequence of str
        The fields to look for; those for which there is no word are passed over.
    taken : collection of int
        Columns that hold something else.
    """
    guessed: dict[str, int] = {}
    for field in (name for name in _WORDS if name in fields):
        for words in _WORDS[field]:
            found = [
                n
                for n, header in enumerate(headers)
                if n not in taken
                and n not in guessed.values()
                and re.search(words, f"{header} {_spaced(header)}", re.I)
                and _suits(field, [row[n] for row in rows if n < len(row) and row[n].strip()])
            ]
            if found:
                guessed[field] = found[0]
                break
    return guessed


def money_columns(headers: Sequence[str], rows: Sequence[Sequence[str]], taken: Collection[int]) -> list[int]:
    """Return the columns that look like money."""
    return [
        n
        for n, header in enumerate(headers)
        if n not in taken
        and not _OTHER_MONEY.search(_spaced(header))
        and (_UNIT_PRICE.search(_spaced(header)) or _MONEY.search(_spaced(header)))
        and (not rows or _share(rows, n, lambda value: number_of(value) is not None) > 0.5)
    ]


def money_of(headers: Sequence[str], rows: Sequence[Sequence[str]], column: int, quantity: int | None) -> Money:
    """Add up what the first rows would be worth, as prices of units and as totals of lines."""
    pairs = _pairs(rows, column, quantity)
    of_units = None if quantity is None else sum((value * (n or 0) for value, n in pairs), Decimal())
    of_lines = sum((value for value, _ in pairs), Decimal())
    name = _spaced(headers[column])
    is_of_unit, is_of_line = bool(_UNIT_PRICE.search(name)), bool(_LINE_AMOUNT.search(name))
    return Money(headers[column], of_units, of_lines, len(pairs), is_of_unit, is_of_line)


def less_than_price(
    headers: Sequence[str], rows: Sequence[Sequence[str]], price: int, quantity: int, columns: Sequence[int]
) -> tuple[str, int]:
    """Find a total that is less than quantity times a price, which that price can't be then; and in how many rows."""
    for total in columns:
        known = _priced_rows(rows, price, quantity, total)
        too_small = sum(p * n > t for p, n, t in known)
        if total != price and "total" in headers[total].casefold() and too_small > len(known) / 2:
            return headers[total], too_small
    return "", 0


def price_and_total(rows: Sequence[Sequence[str]], columns: Sequence[int], quantity: int) -> tuple[int, int] | None:
    """Find two columns of money of which one is the quantity times the other in every row."""
    for price in columns:
        for total in columns:
            known = _priced_rows(rows, price, quantity, total)
            if price != total and len(known) > 2 and all(abs(p * n - t) < Decimal("0.01") for p, n, t in known):
                return price, total
    return None


def _priced_rows(
    rows: Sequence[Sequence[str]], price: int, quantity: int, total: int
) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Return price, quantity and total of the rows that have all three and more or less than one unit."""
    width = max(price, quantity, total)
    read = [tuple(number_of(row[n]) for n in (price, quantity, total)) for row in rows if len(row) > width]
    return [(p, n, t) for p, n, t in read if p is not None and n is not None and t is not None and n != 1]


def number_of(text: str) -> Decimal | None:
    """Read a number however it is written; good enough for a message, and for nothing else."""
    digits = re.sub(r"[^\d.,+-]", "", text)
    if not re.search(r"\d", digits) or len(re.findall(r"[^\W\d_]", text)) > 3:
        return None
    if digits.endswith("-"):
        digits = f"-{digits[:-1]}"
    mark = max(digits.rfind("."), digits.rfind(","))
    if mark >= 0:
        digits = re.sub(r"[.,]", "", digits[:mark]) + "." + digits[mark + 1 :]
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def _pairs(rows: Sequence[Sequence[str]], column: int, quantity: int | None) -> list[tuple[Decimal, Decimal | None]]:
    lines = [row for row in rows if column < len(row) and number_of(row[column]) is not None][:_SAMPLE]
    return [
        (number_of(row[column]) or Decimal(), number_of(row[quantity]) if quantity is not None else None)
        for row in lines
    ]


def _spaced(header: str) -> str:
    """Take words apart: ``UnitPrice`` and ``unit_price`` have two."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", header)


def _suits(field: str, values: Sequence[str]) -> bool:
    """Whether values can be of a field: dates and quantities are written in digits, customers are not all alike."""
    if not values:
        return True
    if field == "quantity":
        return sum(number_of(value) is not None for value in values) > len(values) / 2
    dates = sum(bool(re.fullmatch(r"\d{8}|.*\d[/.-]\w+[/.-]\d.*|\w{3}[- ]\d+.*", value)) for value in values)
    if field == "invoiced_at":
        return dates > len(values) / 2
    return not re.fullmatch(r"(?i)true|false|yes|no", values[0])


def _share(rows: Sequence[Sequence[str]], column: int, is_so: Callable[[str], bool]) -> float:
    values = [row[column] for row in rows if column < len(row) and row[column].strip()]
    return sum(map(is_so, values)) / len(values) if values else 0.0


def lines_below(rows: Sequence[Sequence[str]], header: int) -> list[Sequence[str]]:
    """Return the rows below a header that are lines of the table: wide enough, and not the header again."""
    width = len(filled(rows[header]))
    return [
        row
        for row in rows[header + 1 :]
        if len(filled(row)) * 2 >= width and list(row) != list(rows[header]) and any(map(is_number_or_date, row))
    ]


def roles(headers: Sequence[str], known: Mapping[str, int]) -> set[str]:
    """Say which fields a table could hold by its headers alone, ``money`` for any column of it."""
    guessed = guess_columns(headers, [], tuple(_WORDS), set(known.values()))
    money = money_columns(headers, [], set(known.values()))
    return set(known) | set(guessed) | ({"money"} if money or {"unit_price", "amount"} & set(known) else set())
