"""The shop's own season: a clock that runs faster in the months in which more is bought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.value.purchases import PurchaseModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Days = NDArray[np.datetime64]

YEARS_NEEDED = 2
"""What comes each year can't be told from what came once in less."""

YEAR = 365

_ROUNDS = 3
_GRID = 400

UNKNOWN = "A season is not known: two whole years of purchases are needed to tell it from what came once."


@dataclass(frozen=True)
class Cohorts:
    """The purchases of the customers of a shop by the week of their first one, n rows.

    Attributes
    ----------
    first_week, week : arrays of datetime64 of shape (n,)
        The days on which the weeks begin: that of the first purchase, that of the purchases.
    customers : array of shape (n,)
        Customers whose first purchase is in the week; 0 in rows of later weeks.
    purchase_days : array of shape (n,)
        Days with a purchase in the week, the first ones among them.
    """

    first_week: Days
    week: Days
    customers: FloatArray
    purchase_days: FloatArray

    def before(self, day: np.datetime64) -> Cohorts:
        """Return those of the weeks that were over by a day."""
        over = self.week.astype("datetime64[D]") + 7 <= day
        return Cohorts(*(values[over] for values in vars(self).values()))


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
        clock = np.r_[0.0, np.cumsum(self.speed(first, int(whole.max(initial=0)))[::-1])]
        return np.asarray(clock[whole])

    def days_ahead(self, today: np.datetime64, days: float) -> float:
        """Return how long so many days from today on are by the clock."""
        whole = int(days)
        speeds = self.speed(today.astype("datetime64[D]"), whole + 1)
        return float(speeds[:whole].sum() + speeds[whole] * (days - whole))

    def speed(self, first: np.datetime64, days: int) -> FloatArray:
        """Return how fast the clock runs on each of so many days."""
        return np.asarray(np.array(self.factors)[months_of(first + np.arange(days))])


def months_of(days: Days) -> IntArray:
    """Return the calendar month of each day, 0 for January."""
    return np.asarray(days.astype("datetime64[M]").astype(np.int64) % 12)


def estimate_seasons(
    cohorts: Cohorts, today: np.datetime64, fit: Callable[[Seasons | None], PurchaseModel]
) -> Seasons | None:
    """Estimate the season from how much customers bought again in each week; None with less than two whole years.

    What a model of purchases lets expect of the customers that a shop had, by their age, is what would have come
    without a season: so growth and losses are none. What came in a calendar month above that, in logarithms and beside
    its own year, is shrunk towards nothing by what the years differ in it, as in empirical Bayes (Efron & Morris 1973,
    doi 10.2307/2284155). The model is fitted again on the season's clock, and the season again by that.

    Parameters
    ----------
    cohorts : Cohorts
        In any order.
    today : datetime64
        The day that the shop is looked at from; weeks that are not over by then are left out.
    fit : function
        Gives a model of purchases of customers for a season's clock, or without one.
    """
    cohorts = cohorts.before(today)
    if not len(cohorts.week):
        return None
    week, first_week = (days.astype("datetime64[D]") for days in (cohorts.week, cohorts.first_week))
    years = int((week.max() + 7 - week.min()).astype(int) + 3) // YEAR
    if years < YEARS_NEEDED:
        return None
    size_of = dict(zip(first_week[cohorts.customers > 0], cohorts.customers[cohorts.customers > 0], strict=True))
    firsts = np.array(sorted(size_of))
    sizes = np.array([size_of[first] for first in firsts])
    weeks = np.arange(week.min(), week.max() + 1, 7)
    # Each cohort in each week of its own and after it.
    of_cohort, of_week = np.nonzero(weeks[None, :] >= firsts[:, None])
    repeats = np.bincount(
        (week - weeks[0]).astype(int) // 7, weights=cohorts.purchase_days - cohorts.customers, minlength=len(weeks)
    )
    in_year = (week.max() + 6 - weeks).astype(int) // YEAR
    month = months_of(weeks + 3)
    is_whole = in_year < years
    seasons = None
    for _ in range(_ROUNDS):
        expected = _expected(fit(seasons), seasons, firsts, sizes, weeks, of_cohort, of_week)
        seasons = _updated(seasons, repeats[is_whole], expected[is_whole], in_year[is_whole], month[is_whole], years)
    return seasons


def _expected(
    model: PurchaseModel,
    seasons: Seasons | None,
    firsts: Days,
    sizes: FloatArray,
    weeks: Days,
    of_cohort: IntArray,
    of_week: IntArray,
) -> FloatArray:
    """Return how many repeats a model lets expect in each week, by the clock of a season."""
    start = weeks[0]
    length = int((weeks[-1] + 7 - start).astype(int))
    speed = np.ones(length) if seasons is None else seasons.speed(start, length)
    clock = np.r_[0.0, np.cumsum(speed)]
    began = (firsts - start).astype(int) + 3
    ages = [
        np.maximum(clock[np.minimum((weeks - start).astype(int) + days, length)][of_week] - clock[began][of_cohort], 0)
        for days in (0, 7)
    ]
    grid = np.linspace(0, max(float(ages[1].max()), 1.0), _GRID)
    nothing = np.zeros(_GRID)
    mean = model.mean_if_alive(nothing, nothing, grid)
    came = (np.interp(ages[1], grid, mean) - np.interp(ages[0], grid, mean)) * sizes[of_cohort]
    return np.asarray(np.bincount(of_week, weights=came, minlength=len(weeks)), dtype=float)


def _updated(
    seasons: Seasons | None, repeats: FloatArray, expected: FloatArray, in_year: IntArray, month: IntArray, years: int
) -> Seasons:
    """Return the season by what came of what was expected with that of before."""
    cells = in_year * 12 + month
    came, foretold = (
        np.bincount(cells, weights=values, minlength=years * 12).reshape(years, 12) for values in (repeats, expected)
    )
    # A year in which customers bought more than foretold is no season.
    of_year = came.sum(axis=1, keepdims=True) / np.maximum(foretold.sum(axis=1, keepdims=True), 1e-9)
    weight = foretold * of_year
    # Half a purchase more on both sides: a month without any has a logarithm.
    above = np.log((came + 0.5) / (weight + 0.5))
    if seasons is not None:
        above += np.log(np.array(seasons.factors))
    total = np.maximum(weight.sum(axis=0), 1e-9)
    mean = (weight * above).sum(axis=0) / total
    noise = float(((weight / total) ** 2 * (above - mean) ** 2).sum(axis=0).mean()) * years / (years - 1)
    spread = float(np.var(mean))
    kept = max(0.0, 1 - noise / spread) if spread > 0 else 0.0
    factors = np.exp(kept * (mean - mean.mean()))
    days = months_of(np.datetime64("2023-01-01") + np.arange(YEAR))
    factors /= factors[days].mean()
    return Seasons(tuple(map(float, factors)), years, kept)
