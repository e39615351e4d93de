"""How the commands print: tables of text, and what was given as text on the way in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from segmentation_campaigns.customers import CampaignError

_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?|[+-]?\.\d+)\s*(%?)")


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table: texts on the left, what follows them on the right.

    Parameters
    ----------
    header : sequence of str
        Of the columns.
    rows : sequence of sequence of str
        As many texts each.
    """
    table = [list(header), *map(list, rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    return "\n".join(
        "  "
        + "  ".join(
            [row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in table
    )


def read_share(text: str, what: str) -> float:
    """Return a share that was given as 0.2 or 20 %.

    Parameters
    ----------
    text : str
    what : str
        What it is of, for the message.

    Raises
    ------
    CampaignError
        If it isn't above 0 and below 1.
    """
    value, is_percent = read_number(text, what)
    share = value / 100 if is_percent else value
    if not 0 < share < 1:
        raise CampaignError(f"{what} is a share between 0 and 1, such as 0.2 or 20 %, unlike {text!r}.")
    return share


def read_number(text: str, what: str) -> tuple[float, bool]:
    """Return a number, and whether it was given in percent."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise CampaignError(f"{what} is a number, such as 0.1 or 10 %, unlike {text!r}.")
    return float(found[1]), bool(found[2])


def read_date(text: str, what: str) -> datetime.date:
    """Return a day that was given as 2026-03-31."""
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError as e:
        raise CampaignError(f"{what} is a day such as 2026-03-31, unlike {text!r}.") from e


def read_days(text: str, what: str) -> int:
    """Return a whole number of days above 0."""
    if not re.fullmatch(r"[1-9]\d{0,4}", text.strip(), re.ASCII):
        raise CampaignError(f"{what} is a whole number of days, such as 90, unlike {text!r}.")
    return int(text)
