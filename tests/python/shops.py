"""Shops of other kinds than the sample: who ordered when, for how much, and the day on which one looks at it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Days = list[NDArray[np.int64]]
"""The days on which each customer ordered."""

CUSTOMERS = 1200


def _regular(rng: np.random.Generator, customers: int, gap: float, first: tuple[int, int], last: int) -> Days:
    """Customers who come back after gaps that spread around their own mean, until a last day."""
    own = gap * rng.lognormal(0, 0.35, customers)
    begins = rng.integers(*first, customers)
    waits = [
        rng.gamma(3, mean / 3, max(2, int(3 * (last - begin) / mean) + 2))
        for mean, begin in zip(own, begins, strict=True)
    ]
    days = [
        np.unique(np.r_[0, np.cumsum(wait)].round().astype(np.int64) + begin)
        for wait, begin in zip(waits, begins, strict=True)
    ]
    return [of_one[of_one <= last] for of_one in days]


def _once(rng: np.random.Generator, customers: int, first: int, last: int) -> Days:
    return [np.array([day]) for day in rng.integers(first, last + 1, customers)]


def one_month(rng: np.random.Generator) -> tuple[Days, int]:
    """All customers from one month, two years ago."""
    return [np.unique(rng.integers(0, 30, 1 + rng.poisson(0.8))) for _ in range(CUSTOMERS)], 730


def six_weeks_old(rng: np.random.Generator) -> tuple[Days, int]:
    """A shop that opened six weeks ago."""
    return [np.unique(rng.integers(rng.integers(0, 42), 42, 1 + rng.poisson(0.7))) for _ in range(CUSTOMERS)], 42


def subscription(rng: np.random.Generator) -> tuple[Days, int]:
    """An order every 30 days; a fifth have cancelled."""
    begins = rng.integers(0, 600, CUSTOMERS)
    ends = np.where(rng.random(CUSTOMERS) < 0.2, begins + rng.integers(30, 300, CUSTOMERS), 720)
    return [np.arange(begin, max(begin + 1, min(end, 720)), 30) for begin, end in zip(begins, ends, strict=True)], 720


def weddings(rng: np.random.Generator) -> tuple[Days, int]:
    """Buyers who come once."""
    return _once(rng, CUSTOMERS, 0, 719), 720


def christmas(rng: np.random.Generator) -> tuple[Days, int]:
    """Two Christmas seasons, seen in July."""
    seasons = [(320, 355), (685, 720)]
    days = []
    for _ in range(CUSTOMERS):
        own = [s for s in seasons if rng.random() < 0.65] or [seasons[1]]
        days.append(np.unique(np.concatenate([rng.integers(*season, 1 + rng.poisson(0.4)) for season in own])))
    return days, 930


def weekly(rng: np.random.Generator) -> tuple[Days, int]:
    """A wholesaler whose customers order every week; some have gone elsewhere."""
    active = _regular(rng, CUSTOMERS * 8 // 10, 7, (0, 300), 364)
    return active + _regular(rng, CUSTOMERS * 2 // 10, 7, (0, 100), 200), 365


def dead_for_a_year(rng: np.random.Generator) -> tuple[Days, int]:
    """A shop that closed a year ago."""
    return _regular(rng, CUSTOMERS // 2, 50, (0, 300), 364) + _once(rng, CUSTOMERS // 2, 0, 364), 730


def half_dormant(rng: np.random.Generator) -> tuple[Days, int]:
    """Half of all customers have been dormant for years, beside an active half."""
    dormant = _regular(rng, CUSTOMERS // 2, 40, (0, 200), 360)
    return dormant + _regular(rng, CUSTOMERS // 2, 40, (900, 1300), 1460), 1461


SHOPS: dict[str, Callable[[np.random.Generator], tuple[Days, int]]] = {
    function.__name__: function
    for function in (
        one_month,
        six_weeks_old,
        subscription,
        weddings,
        christmas,
        weekly,
        dead_for_a_year,
        half_dormant,
    )
}


def orders_of(name: str, seed: int = 1) -> tuple[pd.DataFrame, int]:
    """Return the orders of a shop (customer, day, amount), and the day on which one looks at it."""
    rng = np.random.default_rng(seed)
    days, today = SHOPS[name](rng)
    rows = pd.DataFrame(
        {
            "customer": np.repeat(np.arange(len(days)), [len(of_one) for of_one in days]),
            "day": np.concatenate(days),
        }
    )
    own = rng.lognormal(4, 0.7, len(days))
    rows["amount"] = (own[rows["customer"]] * rng.lognormal(0, 0.3, len(rows))).round(2)
    return rows, today
