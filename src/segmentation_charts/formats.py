"""How numbers and dates are written for people: thousands separators, the shop's currency, no `nan`."""

from __future__ import annotations

import datetime
import math
import unicodedata
from decimal import Decimal

Number = int | float | Decimal | None

# What stands for a value that there is none of.
NONE = "–"  # noqa: RUF001

# Characters that turn the direction of all that follows.
_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))


def count(value: Number) -> str:
    """Write a number of things: 12,345."""
    return NONE if is_none(value) else f"{value:z,.0f}"


def compact(value: Number) -> str:
    """Write a number of things if there is little room: 950, 1.2k, 45k, 3.4M."""
    if is_none(value):
        return NONE
    size = float(value or 0)
    for limit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(size) >= limit:
            return f"{size / limit:.{0 if abs(size) >= 9.95 * limit else 1}f}{letter}"
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
    return NONE if is_none(value) else f"{value:z,.{decimals}f}"


def share(value: Number, decimals: int = 1) -> str:
    """Write a share of 0 to 1 in percent: 12.3 %."""
    return NONE if is_none(value) else f"{100 * float(value or 0):z,.{decimals}f} %"


def money(value: Number, currency: str = "", decimals: int = 0) -> str:
    """Write an amount: £ 12,345 or, without a currency, 12,345.

    Parameters
    ----------
    value : number
        The amount.
    currency : str, default none
        What comes before it: the var `currency` of the build.
    decimals : int, default 0
        Places after the point.
    """
    if is_none(value):
        return NONE
    return f"{currency} {value:z,.{decimals}f}".strip()


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
