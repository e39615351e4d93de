"""Finds columns that are not read and that change what lines are worth: statuses, types of documents, discounts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from segmentation.intake.column_map import as_option
from segmentation.intake.delimited import Row
from segmentation.intake.headers import normal
from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.shapes import GENERIC

_FEWEST_LETTERS = 4
"""Shorter words, such as c and no, stand in columns of any meaning."""
_PAIRS = ({"s", "h"}, {"d", "c"}, {"dr", "cr"}, {"re", "gu"}, {"re", "gs"}, {"rg", "gs"})
"""Short words that together are the sides of an account, or invoices and credit notes, under a header that says so."""
_OF_SIDES = re.compile(r"s\W?h|d\W?c|dr\W?cr|soll.*haben|debit.*credit|.*(side|sign|kennz|type|typ|art)", re.IGNORECASE)
_OF_DOCUMENTS = re.compile("belegart|(doc|dok|transaction|invoice|record).*(type|typ|art)|retour|return", re.IGNORECASE)
_OF_STATUSES = re.compile("status|zustand|état|etat|estado|stato|situa|storn|void|cancel|annul", re.IGNORECASE)
_SAYS_IT_ITSELF = re.compile("storn|void|cancel|annul|retour|return", re.IGNORECASE)
"""Headers under which any word says that a line is no sale; a number says how many units came back."""
_NO_STATUS_OF_ORDERS = re.compile(
    "date|datum|fecha|data|time|zeit|reason|grund|motiv|policy|address|carrier|ship|fulfil|stock|email|id$|[_ ]at$",
    re.IGNORECASE,
)
_SIGNED = ("quantity", "unit_price", "amount")
_ROUNDED = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)
_CURRENCIES = {
    *("AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF"),
    *("IDR", "ILS", "INR", "ISK", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PEN", "PHP", "PLN", "RON", "RSD", "RUB"),
    *("SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR"),
}
_MOST_WORDS = 20
_KNOWN_SHARE = 0.8
_DISCOUNT = re.compile(
    "discount|rabat|remise|ristourne|descuento|sconto|desconto|korting|rabatt|nachlass", re.IGNORECASE
)
# Of the order or of the postage, or no money at all.
_NO_DISCOUNT_OF_LINES = re.compile(
    "code|name|type|reason|coupon|voucher|ship|versand|order|total|tax|id$", re.IGNORECASE
)


@dataclass(frozen=True)
class Words:
    """The words that are known, and the columns that are not to be looked at.

    Attributes
    ----------
    meanings : mapping of str to mapping of str to bool
        Field (``order_status`` or ``is_returned``) to its words in lower case, and whether a line with the word is no
        plain sale.
    ignored_columns : collection of str
        Headers.
    """

    meanings: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    ignored_columns: Collection[str] = ()


def refuse_unread_words(file: InvoiceFile, rows: Iterable[Row], words: Words) -> None:
    """Ask about a column that is not read, and that says of some lines that they are no sales.

    It has few different words, nearly all of them are known of one field, and one of them says so of a line whose
    numbers are those of a sale. Shapes that have the field by another column are left alone.

    Parameters
    ----------
    file : InvoiceFile
        With its layout.
    rows : iterable of Row
        The first rows below the header.
    words : Words

    Raises
    ------
    UnusableFileError
        With the column, one of its words, and the settings that answer.
    """
    ignored = {normal(header) for header in words.ignored_columns}
    unread = [n for n in range(len(file.headers)) if n not in file.positions.values()]
    columns = {n: _Column() for n in unread if normal(file.headers[n]) not in ignored}
    for _, values, _ in rows:
        for n, column in columns.items():
            if values and (text := values[n].strip()):
                column.add(text, _is_negative(file, values))
    for n, column in columns.items():
        header = file.headers[n]
        for name, meanings in words.meanings.items():
            if name not in file.positions and (word := column.telling_word(header, meanings)):
                raise _question(file, header, name, word, column)
        for name, of_header in (("is_returned", _OF_DOCUMENTS), ("order_status", _OF_STATUSES)):
            if (
                name not in file.positions
                and file.shape == GENERIC
                and of_header.search(header)
                and not _NO_STATUS_OF_ORDERS.search(header)
                and (word := column.unknown_word(words.meanings.get(name, {}), bool(_SAYS_IT_ITSELF.search(header))))
            ):
                raise _question(file, header, name, word, column)


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
                "the first rows: amounts in different currencies would be added up",
                f"say what it is: {as_option({'currency': header})} beside what else is named there, and give "
                f"exchange_rates; or --vars '{{ignored_columns: [{json.dumps(header, ensure_ascii=False)}]}}' if all "
                "amounts are in one currency",
            )


def refuse_rounded_ids(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Refuse numbers of customers or invoices that a spreadsheet has rounded: several of them are one by now.

    Raises
    ------
    UnusableFileError
        With the column, one of its values, and what to do.
    """
    ignored = {normal(header) for header in words.ignored_columns}
    for name in ("customer_id", "invoice_id"):
        n = file.positions.get(name)
        if n is None or normal(file.headers[n]) in ignored:
            continue
        rounded = [values[n] for _, values, _ in rows if values and _ROUNDED.fullmatch(values[n].strip())]
        if rounded:
            raise UnusableFileError(
                f"the column {file.headers[n]!r} has numbers such as {rounded[0]!r} on {len(rounded)} of the first "
                "rows: a spreadsheet has rounded them, and different ones are the same now",
                "export the file again, with that column as text before it is opened in a spreadsheet",
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
                "first rows, which would not be taken off",
                f"say that it is one: {as_option({'discount': header})} beside what else is named there, or --vars "
                f"'{{ignored_columns: [{json.dumps(header, ensure_ascii=False)}]}}' if the prices are less it already",
            )


def _is_negative(file: InvoiceFile, values: Sequence[str]) -> bool:
    """Whether the line says by itself that it comes back."""
    return any(re.match(r"\W*[-\u2212(]|.*-\s*$", values[file.positions[f]]) for f in _SIGNED if f in file.positions)


@dataclass
class _Column:
    words: Counter[str] = field(default_factory=Counter)
    of_sales: Counter[str] = field(default_factory=Counter)
    """Words of lines whose numbers are those of sales."""

    def add(self, word: str, is_negative: bool) -> None:
        if len(self.words) <= _MOST_WORDS:
            self.words[word] += 1
            self.of_sales[word] += not is_negative

    def telling_word(self, header: str, meanings: Mapping[str, bool]) -> str | None:
        """Return the most frequent word that says that a line is no sale, if nearly all words are known."""
        known = sum(count for word, count in self.words.items() if word.lower() in meanings)
        if len(self.words) > _MOST_WORDS or known < _KNOWN_SHARE * self.words.total():
            return None
        is_pair = {word.lower() for word in self.words} in _PAIRS and _OF_SIDES.fullmatch(header.strip())
        telling = [
            word for word in +self.of_sales if (len(word) >= _FEWEST_LETTERS or is_pair) and meanings.get(word.lower())
        ]
        return max(telling, key=lambda word: (self.words[word], word), default=None)

    def unknown_word(self, meanings: Mapping[str, bool], says_it_itself: bool) -> str | None:
        """Return the rarest word of sales that is not known, beside words that are, or under a header that says it."""
        unknown = [word for word in +self.of_sales if word.lower() not in meanings and re.search(r"[^\W0]", word)]
        is_known = len(unknown) < len(self.words) or says_it_itself
        if len(self.words) > _MOST_WORDS or not is_known:
            return None
        return min(unknown, key=lambda word: (self.words[word], word), default=None)


def _question(file: InvoiceFile, header: str, name: str, word: str, column: _Column) -> UnusableFileError:
    what = "credit notes or returns" if name == "is_returned" else "orders that were cancelled, refunded or never paid"
    return UnusableFileError(
        f"the column {header!r} is not read, and says {word!r} on {column.words[word]} of the first "
        f"{column.words.total()} rows: there may be {what} among the lines",
        f"say what it is: {as_option({name: header})} beside what else is named there, or "
        f"--vars '{{ignored_columns: [{json.dumps(header, ensure_ascii=False)}]}}' if all lines are sales",
    )


REFUSALS = (refuse_rounded_ids, refuse_unread_words, refuse_unread_currencies, refuse_unread_discounts)
"""What is looked for in the first rows of a file, in the order in which it is asked about."""
