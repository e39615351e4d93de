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
_SIGNED = ("quantity", "unit_price", "amount")
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
        for name, meanings in words.meanings.items():
            if name not in file.positions and (word := column.telling_word(meanings)):
                raise _question(file, file.headers[n], name, word, column)


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

    def telling_word(self, meanings: Mapping[str, bool]) -> str | None:
        """Return the most frequent word that says that a line is no sale, if nearly all words are known."""
        known = sum(count for word, count in self.words.items() if word.lower() in meanings)
        if len(self.words) > _MOST_WORDS or known < _KNOWN_SHARE * self.words.total():
            return None
        telling = [word for word in +self.of_sales if len(word) >= _FEWEST_LETTERS and meanings.get(word.lower())]
        return max(telling, key=lambda word: (self.words[word], word), default=None)


def _question(file: InvoiceFile, header: str, name: str, word: str, column: _Column) -> UnusableFileError:
    what = "credit notes or returns" if name == "is_returned" else "orders that were cancelled, refunded or never paid"
    return UnusableFileError(
        f"the column {header!r} is not read, and says {word!r} on {column.words[word]} of the first "
        f"{column.words.total()} rows: there may be {what} among the lines",
        f"say what it is: {as_option({name: header})} beside what else is named there, or "
        f"--vars '{{ignored_columns: [{json.dumps(header, ensure_ascii=False)}]}}' if all lines are sales",
    )
