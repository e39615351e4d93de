"""Single values of invoice files, read by the documented rules with no code of the project."""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

BLANKS = " \t\n\r\u00a0"
# The days of 1970 that programs write for none are none.
FIRST_DATE, END_DATE = datetime.datetime(1970, 1, 3), datetime.datetime(2100, 1, 1)
NULLS = {"NULL", "null", "(null)", r"\N", "NaN", "#N/A"}
NOBODY = {"null", "nan", "none", "n/a", "-", "#ref!"}


def cleaned(text: str) -> str | None:
    return text.strip(BLANKS) or None


def unless_null(text: str | None) -> str | None:
    return None if text in NULLS else text


def identifier(text: str) -> str | None:
    """Text without outer blanks and what guards it; 17850 is what spreadsheets write as 17850.0 and 17,850."""
    found = cleaned(text)
    if found and re.fullmatch("[0-9]+[.]00?", found):
        return found.partition(".")[0]
    if found and re.fullmatch("[1-9][0-9]{0,2}(,[0-9]{3})+([.]00?)?", found):
        return found.replace(",", "").partition(".")[0]
    if found and found.startswith(("'", '="')):
        found = found.removeprefix("'") if found.startswith("'") else found[2:].lstrip()
        return found.removesuffix('"') or None
    return found


def customer(text: str) -> str | None:
    found = cleaned(text)
    known = found.lower() if found and "@" in found else identifier(text)
    return None if known and known.lower() in NOBODY else known


def number(text: str, decimal_mark: str, places: int) -> Decimal | None:
    """A number that is written with a decimal mark, rounded; None where it is none or has more than 18 digits."""
    found = text.strip(BLANKS)
    if decimal_mark == "." and found and set(found) <= set("0123456789+-.eE"):
        # As programs write it.
        try:
            return fit(Decimal(found), places)
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
    return fit(Decimal(f"{whole or 0}.{decimals or 0}") * (-1 if signs else 1), places)


def fit(value: Decimal, places: int) -> Decimal | None:
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
