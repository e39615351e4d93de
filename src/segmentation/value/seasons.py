"""The shop's own season: a clock that runs faster in the months in which more is bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Days = NDArray[np.datetime64]

YEARS_NEEDED = 2
"""What comes each year can't be told from what came once in less."""

YEAR = 365

UNKNOWN = "A season is not known: two whole years of orders are needed to tell it from what came once."


@dataclass(frozen=True)
class Seasons:
    """How much more is bought in a calendar month than in the mean of all.

    Purchases run by this clock: in a month of 1.5 it goes half as fast again. Models of purchases are fitted and asked
    in its time, in which a customer's rate is the same all year round.

    Attributes
    ----------
    factors : tuple of float
        From January to December; their mean over a year of days is 1.
    years : int
        Whole years that they were estimated from.
    kept : float
        Share of the differences between months that was kept, 0 to 1: the less, the more the years differ.
    """

    factors: tuple[float, ...]
    years: int
    kept: float

    def days_back(self, today: np.datetime64, days: FloatArray) -> FloatArray:
        """Return how long ago by the clock so many whole days are, shape as given."""
        whole = np.asarray(days, dtype=np.int64)
        first = today.astype("datetime64[D]") - np.int64(whole.max(initial=0))
        clock = np.r_[0.0, np.cumsum(self._speed(first, int(whole.max(initial=0)))[::-1])]
        return np.asarray(clock[whole])

    def days_ahead(self, today: np.datetime64, days: float) -> float:
        """Return how long so many days from today on are by the clock."""
        whole = int(days)
        speeds = self._speed(today.astype("datetime64[D]"), whole + 1)
        return float(speeds[:whole].sum() + speeds[whole] * (days - whole))

    def _speed(self, first: np.datetime64, days: int) -> FloatArray:
        return np.asarray(np.array(self.factors)[months_of(first + np.arange(days))])


def months_of(days: Days) -> IntArray:
    """Return the calendar month of each day, 0 for January."""
    return np.asarray(days.astype("datetime64[M]").astype(np.int64) % 12)


def estimate_seasons(days: Days, orders: FloatArray) -> Seasons | None:
    """Estimate the season from the orders of the shop's days; None where there are less than two whole years.

    Whole years back from the last day are compared, within which a season cancels out: their totals, interpolated, are
    what the shop would sell without one. What a month is above that, in logarithms, is shrunk towards none by what the
    years differ in it, as in empirical Bayes (Efron & Morris 1973, doi 10.2307/2284155).

    Parameters
    ----------
    days : array of datetime64 of shape (n,)
        In any order; days without an order may be left out.
    orders : array of shape (n,)
        Orders of all customers on each day.
    """
    if not len(days):
        return None
    days = days.astype("datetime64[D]")
    first, last = days.min(), days.max()
    years = int((last - first).astype(int) + 1) // YEAR
    if years < YEARS_NEEDED:
        return None
    every = last - np.arange(years * YEAR)[::-1]
    since = (days - every[0]).astype(np.int64)
    counted = np.bincount(since[since >= 0], weights=orders[since >= 0], minlength=len(every))
    of_year = np.arange(len(every)) // YEAR
    totals = np.bincount(of_year, weights=counted)
    if not (totals > 0).all():
        return None
    level = _level(np.log(totals / YEAR), len(every))
    month = months_of(every)
    cells = of_year * 12 + month
    # Half an order more on both sides: a month without any has a logarithm.
    came = np.bincount(cells, weights=counted, minlength=years * 12).reshape(years, 12) + 0.5
    usual = np.bincount(cells, weights=level, minlength=years * 12).reshape(years, 12) + 0.5
    above = np.log(came / usual)
    mean = above.mean(axis=0)
    noise = float(((above - mean) ** 2).sum()) / (12 * (years - 1)) / years
    spread = float(np.var(mean))
    kept = max(0.0, 1 - noise / spread) if spread > 0 else 0.0
    factors = np.exp(kept * (mean - mean.mean()))
    factors /= factors[month[-YEAR:]].mean()
    return Seasons(tuple(map(float, factors)), years, kept)


def _level(logarithms: FloatArray, days: int) -> FloatArray:
    """Return what is sold a day without a season: the years' means, interpolated, and on in the same direction."""
    centers = (np.arange(len(logarithms)) + 0.5) * YEAR
    at = np.arange(days) + 0.5
    inner = np.interp(at, centers, logarithms)
    slopes = np.diff(logarithms) / YEAR
    before, after = np.minimum(at - centers[0], 0) * slopes[0], np.maximum(at - centers[-1], 0) * slopes[-1]
    return np.asarray(np.exp(inner + before + after))
