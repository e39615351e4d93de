"""Seasons that were planted are found, and none is made up; purchases like clockwork are told from chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from segmentation.value.clockwork import measure_clockwork
from segmentation.value.purchases import NBD
from segmentation.value.seasons import Cohorts, Seasons, estimate_seasons, months_of

FloatArray = NDArray[np.float64]
PLANTED = np.array([0.7, 0.7, 0.9, 0.9, 1.0, 1.0, 0.8, 0.8, 1.0, 1.1, 1.4, 1.7])


TODAY = np.datetime64("2024-05-20")
"""A Monday."""


def clock_of(factors: FloatArray, days: int) -> FloatArray:
    """The time of a season's clock at the end of each of so many days, up to today."""
    every = TODAY - np.arange(days)[::-1]
    return np.asarray(np.r_[0.0, np.cumsum(factors[months_of(every)])])


def shop(years: float, factors: FloatArray, growth: float, seed: int = 1, rate: float = 0.02) -> tuple[Cohorts, Any]:
    """A shop whose new customers grow by a factor a year; all buy at a rate by the season's clock, and half a year on.

    Returns the cohorts, and a function that fits: it counts the purchases by the clock it is given.
    """
    rng = np.random.default_rng(seed)
    days = round(365 * years)
    clock, start = clock_of(factors, days), TODAY - np.int64(days)
    weeks, leaving = [], []
    for week in range(0, days - 6, 7):
        new = rng.poisson(60 * growth ** (week / 365))
        for _ in range(new):
            first = week + int(rng.integers(7))
            life = rng.exponential(180)
            leaving.append((first, life))
            until = min(clock[first] + life, clock[-1])
            bought = clock[first] + np.cumsum(rng.exponential(1 / rate, 30))
            on = np.unique(np.searchsorted(clock, bought[bought < until], side="left"))
            weeks += [(week, week, 1.0, 1.0), *((week, d // 7 * 7, 0.0, 1.0) for d in on if first < d < days // 7 * 7)]
    table = pd.DataFrame(weeks, columns=["first", "week", "customers", "days"]).groupby(["first", "week"]).sum()
    first_weeks, later_weeks = (start + table.index.get_level_values(n).to_numpy() for n in (0, 1))
    cohorts = Cohorts(first_weeks, later_weeks, table["customers"].to_numpy(), table["days"].to_numpy())
    # The true model, whatever the clock: what a fit comes to is another test.
    return cohorts, lambda _: Known()


class Known(NBD):
    """Purchases at one rate by customers who leave at one."""

    def __init__(self) -> None:
        super().__init__(1.0, 1.0)

    def mean_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        return np.asarray(0.02 * 180 * -np.expm1(-horizon / 180))


@pytest.mark.parametrize("growth", [1.0, 3.0, 0.4])
@pytest.mark.parametrize("years", [2.05, 3.4])
def test_a_season_is_found_in_a_shop_that_grows_or_shrinks(years: float, growth: float) -> None:
    seasons = estimate_seasons(shop(years, PLANTED, growth)[0], TODAY, shop(years, PLANTED, growth)[1])
    assert seasons is not None
    assert seasons.years == int(years)
    np.testing.assert_allclose(seasons.factors, PLANTED / PLANTED.mean(), rtol=0.2)
    assert np.corrcoef(seasons.factors, PLANTED)[0, 1] > 0.97
    assert seasons.kept > 0.9


def test_where_there_is_none_nearly_none_is_found() -> None:
    spreads = []
    for seed in range(5):
        seasons = estimate_seasons(*(lambda made: (made[0], TODAY, made[1]))(shop(3.1, np.ones(12), 1.3, seed)))
        assert seasons is not None
        spreads.append(np.std(seasons.factors))
    assert np.mean(spreads) < 0.03


def test_less_than_two_years_have_no_season() -> None:
    cohorts, fit = shop(1.9, PLANTED, 1.0)
    assert estimate_seasons(cohorts, TODAY, fit) is None
    longer, fit = shop(2.2, PLANTED, 1.0)
    assert estimate_seasons(longer, TODAY, fit) is not None
    # What was known a quarter of a year before.
    assert estimate_seasons(longer, TODAY - np.timedelta64(91, "D"), fit) is None
    assert estimate_seasons(longer.before(np.datetime64("2001-01-01")), TODAY, fit) is None


def test_the_order_of_the_rows_does_not_matter() -> None:
    cohorts, fit = shop(2.5, PLANTED, 1.2)
    order = np.random.default_rng(1).permutation(len(cohorts.week))
    turned = Cohorts(*(values[order] for values in vars(cohorts).values()))
    assert estimate_seasons(cohorts, TODAY, fit) == estimate_seasons(turned, TODAY, fit)


def test_the_clock_counts_days_by_what_their_month_sells() -> None:
    seasons = Seasons(tuple(np.where(np.arange(12) == 11, 2.0, 1.0)), 2, 1.0)
    today = np.datetime64("2024-01-01")
    assert seasons.days_back(today, np.array([0.0, 1, 31, 32, 60])).tolist() == [0, 2, 62, 63, 91]
    assert seasons.days_ahead(today, 0) == 0
    assert seasons.days_ahead(today, 334) == 334
    assert seasons.days_ahead(today, 335.5) == 335.0 + 1.0
    assert seasons.days_ahead(today, 366) == 335 + 62


def gap_sums(gaps: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return np.full(len(gaps), float(gaps.shape[1])), gaps.sum(axis=1), (gaps**2).sum(axis=1)


@pytest.mark.parametrize("mean", [3.0, 40.0])
@pytest.mark.parametrize("gaps", [4, 12])
def test_purchases_by_chance_are_no_clockwork(gaps: int, mean: float) -> None:
    days = np.random.default_rng(1).geometric(1 / mean, (3000, gaps)).astype(float)
    measured = measure_clockwork(*gap_sums(days))
    assert not measured.is_warned_of
    assert measured.regular_share is not None
    assert measured.regular_share < 0.15
    assert "by chance" in measured.words


@pytest.mark.parametrize("subscribers", [0.5, 1.0])
def test_subscriptions_are_warned_of(subscribers: float) -> None:
    rng = np.random.default_rng(1)
    days = rng.geometric(1 / 30, (1000, 6)).astype(float)
    days[: int(1000 * subscribers)] = 30 + rng.integers(-2, 3, (int(1000 * subscribers), 6))
    measured = measure_clockwork(*gap_sums(days))
    assert measured.is_warned_of
    assert measured.regular_share == pytest.approx(subscribers, abs=0.05)
    assert "subscription" in measured.words


def test_who_bought_a_few_times_tells_nothing() -> None:
    for customers, gaps in ((500, 3), (19, 8)):
        measured = measure_clockwork(*gap_sums(np.full((customers, gaps), 30.0)))
        assert measured.regular_share is None
        assert "not known" in measured.words
