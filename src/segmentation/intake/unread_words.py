"""Finds columns that are not read and whose words say that some lines are no sales: statuses, types of documents."""

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
_MOST_WORDS = 20
_KNOWN_SHARE = 0.8


@dataclass(frozen=True)
class Words:
    """What is known of words and columns beforehand.

    Attributes
    ----------
    meanings : mapping of str to mapping of str to bool
        Field (``order_status`` or ``is_returned``) to its words in lower case, and whether a line with the word is no
        plain sale.
    ignored_columns : collection of str
        Headers of columns that are not to be looked at.
    discount_unit : str, default ""
        What discounts are; found out where it is empty.
    named_fields : collection of str
        Fields whose columns were named for the file.
    """

    meanings: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    ignored_columns: Collection[str] = ()
    discount_unit: str = ""
    named_fields: Collection[str] = ()


def read_columns(file: InvoiceFile, fields: Sequence[str], words: Words) -> list[int]:
    """Return the columns of some fields, those that a file has and that are to be looked at."""
    ignored = {normal(header) for header in words.ignored_columns}
    found = [file.positions[name] for name in fields if name in file.positions]
    return [n for n in found if normal(file.headers[n]) not in ignored]


def refuse_unread_words(file: InvoiceFile, rows: Iterable[Row], words: Words) -> None:
    """Ask about a column that is not read, and that says of some lines that they are no sales.

    It has few different words, nearly all of them are known of one field, and one of them says so of a line whose
    numbers are those of a sale. Shapes that have the field by another column are left alone.

    Parameters
    ----------
    file : InvoiceFile
        With its layout.
    rows : iterable of Row
        Some of its rows.
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
        f"the column {header!r} is not read, and says {word!r} on {column.words[word]} of "
        f"{column.words.total()} rows that were looked at: there may be {what} among the lines",
        f"say what it is: {as_option({name: header})} beside what else is named there, or "
        f"--vars '{{ignored_columns: [{json.dumps(header, ensure_ascii=False)}]}}' if all lines are sales",
    )
