"""Seasons that were planted are found, and none is made up; purchases like clockwork are told from chance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from segmentation.value.clockwork import measure_clockwork
from segmentation.value.seasons import Seasons, estimate_seasons, months_of

FloatArray = NDArray[np.float64]
PLANTED = np.array([0.7, 0.7, 0.9, 0.9, 1.0, 1.0, 0.8, 0.8, 1.0, 1.1, 1.4, 1.7])


def shop(years: float, factors: FloatArray, growth: float, seed: int = 1) -> tuple[NDArray[np.datetime64], FloatArray]:
    days = np.datetime64("2021-05-17") + np.arange(round(365 * years))
    level = 60 * growth ** (np.arange(len(days)) / 365)
    return days, np.random.default_rng(seed).poisson(level * factors[months_of(days)]).astype(float)


@pytest.mark.parametrize("growth", [1.0, 1.6, 0.6])
@pytest.mark.parametrize("years", [2, 3.4])
def test_a_season_is_found_in_a_shop_that_grows_or_shrinks(years: float, growth: float) -> None:
    seasons = estimate_seasons(*shop(years, PLANTED, growth))
    assert seasons is not None
    assert seasons.years == int(years)
    np.testing.assert_allclose(seasons.factors, PLANTED / PLANTED.mean(), rtol=0.07)
    assert seasons.kept > 0.95


def test_where_there_is_none_nearly_none_is_found() -> None:
    spreads = []
    for seed in range(20):
        seasons = estimate_seasons(*shop(3, np.ones(12), 1.3, seed))
        assert seasons is not None
        spreads.append(np.std(seasons.factors))
    # A month of 60 orders a day is known to 2.4 %; three years of it to 1.4 %.
    assert np.mean(spreads) < 0.008


def test_less_than_two_years_have_no_season() -> None:
    days, orders = shop(1.99, PLANTED, 1.0)
    assert estimate_seasons(days, orders) is None
    assert estimate_seasons(days[:0], orders[:0]) is None
    # A year without an order is no year.
    assert estimate_seasons(days[[0, 1, -1]] + np.array([0, 0, 400]), orders[[0, 1, -1]]) is None


def test_the_order_of_the_days_does_not_matter_nor_days_without_orders() -> None:
    days, orders = shop(2.5, PLANTED, 1.2)
    orders[100:130] = 0
    some = np.random.default_rng(1).permutation(np.flatnonzero(orders))
    assert estimate_seasons(days, orders) == estimate_seasons(days[some], orders[some])


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
