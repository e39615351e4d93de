"""How numbers and dates are written for people: thousands separators, the shop's currency, no `nan`.

The environment variable SEGMENTS_NUMBERS says in which style: `english` (1,234.5 and £ 12) or `german` (1.234,5 and
12 £). The dashboard, the report and the commands of campaigns follow it; files for machines (CSV) do not.
"""

from __future__ import annotations

import datetime
import math
import os
import re
import unicodedata
from decimal import Decimal

Number = int | float | Decimal | None

# What stands for a value that there is none of.
NONE = "–"  # noqa: RUF001

# Characters between thousands, and before decimals.
STYLES = {"english": (",", "."), "german": (".", ",")}
# Numbers in sentences that a build wrote: 1,503 and 12.5, but no days, versions, addresses or parts of words.
_IN_TEXT = re.compile(r"(?<![\w.,:/-])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?![\w:/-]|[.,]\d)")

# Characters that turn the direction of all that follows.
_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))


class NumbersError(ValueError):
    """SEGMENTS_NUMBERS names no style."""


def style() -> str:
    """Return the style of numbers that is set: a key of `STYLES`.

    Raises
    ------
    NumbersError
        If SEGMENTS_NUMBERS is another word.
    """
    given = os.environ.get("SEGMENTS_NUMBERS") or "english"
    found = given.strip().lower()
    if found not in STYLES:
        raise NumbersError(f"SEGMENTS_NUMBERS is english or german, unlike {given!r}.")
    return found


def written(value: float | Decimal, specification: str) -> str:
    """Write a number in the style that is set.

    Parameters
    ----------
    value : number
    specification : str
        Of Python, such as `,.1f`.
    """
    return _turned(f"{value:{specification}}")


def prose(sentences: str) -> str:
    """Turn the numbers of sentences that a build wrote, which are English, into the style that is set.

    Parameters
    ----------
    sentences : str
        Of a build, such as the explanation of a segment.
    """
    return sentences if style() == "english" else _IN_TEXT.sub(lambda number: _turned(number[0]), sentences)


def locale() -> dict[str, object] | None:
    """Return the style as D3's number format, which Vega's charts take; None for their own, which is English."""
    if style() == "english":
        return None
    thousands, decimal = STYLES[style()]
    return {"thousands": thousands, "decimal": decimal, "grouping": [3], "currency": ["", ""]}


def _turned(number: str) -> str:
    """Return an English number in the style that is set."""
    return number.translate(str.maketrans(",.", "".join(STYLES[style()])))


def count(value: Number) -> str:
    """Write a number of things: 12,345."""
    return NONE if value is None or is_none(value) else written(value, "z,.0f")


def compact(value: Number) -> str:
    """Write a number of things if there is little room: 950, 1.2k, 45k, 3.4M."""
    if is_none(value):
        return NONE
    size = float(value or 0)
    for limit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(size) >= limit:
            return written(size / limit, f".{0 if abs(size) >= 9.95 * limit else 1}f") + letter
    return count(value)


def things(value: float, one: str, many: str | None = None) -> str:
    """Write how many things there are: 1 file, 12 files.

    Parameters
    ----------
    value : number
        How many.
    one : str
        A word for one of them.
    many : str, default the word with an s
        A word for several.
    """
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def number(value: Number, decimals: int = 1) -> str:
    """Write a measure: 1,234.5."""
    return NONE if value is None or is_none(value) else written(value, f"z,.{decimals}f")


def share(value: Number, decimals: int = 1) -> str:
    """Write a share of 0 to 1 in percent: 12.3 %."""
    return NONE if is_none(value) else f"{number(100 * float(value or 0), decimals)} %"


def money(value: Number, currency: str = "", decimals: int = 0) -> str:
    """Write an amount: £ 12,345 or 12.345 £ or, without a currency, 12,345.

    Parameters
    ----------
    value : number
        The amount.
    currency : str, default none
        The var `currency` of the build.
    decimals : int, default 0
        Places after the point.
    """
    if is_none(value):
        return NONE
    amount = number(value, decimals)
    return f"{amount} {currency}".strip() if style() == "german" else f"{currency} {amount}".strip()


def date(value: datetime.date | None) -> str:
    """Write a day: 9 Dec 2011."""
    return NONE if value is None or value != value else f"{value.day} {value:%b %Y}"


def month(value: datetime.date | None) -> str:
    """Write a month: Dec 2011."""
    return NONE if value is None or value != value else f"{value:%b %Y}"


def text(value: str | None, limit: int = 60) -> str:
    """Write a name from the data on one line: nothing that steers a terminal or the direction of writing, not too long.

    Parameters
    ----------
    value : str or None
        As a user or a file gave it. It still has to be escaped where it goes into HTML.
    limit : int, default 60
        Characters, the ellipsis included.
    """
    if value is None or value != value:
        return NONE
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in value)
    plain = " ".join(plain.translate(_DIRECTIONS).split()) or NONE
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


def is_none(value: Number) -> bool:
    """Tell whether there is no value: None, or what pandas makes of it."""
    return value is None or (isinstance(value, float | Decimal) and math.isnan(value))
