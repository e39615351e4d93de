"""The rhythm of a shop: the usual gap of those who come back, whoever else there is and however young the shop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.fitting import fit_transformation
from segmentation.rhythm import Rhythm, estimate_rhythm

OLD = 1000.0


def exponential_gaps(rng: np.random.Generator, mean: float, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How long each customer waited, observed for some days: to the next purchase, or until today without one."""
    gap = rng.exponential(mean, len(observed))
    came_back = gap <= observed
    return np.where(came_back, gap, observed), 1.0 + came_back


def test_the_gap_is_the_median_of_those_who_come_back_with_one_time_buyers_among_them() -> None:
    rng = np.random.default_rng(1)
    waited, days = exponential_gaps(rng, 100, np.full(3000, OLD))
    once = rng.uniform(1, OLD, 3000)
    rhythm = estimate_rhythm(np.r_[waited, once], np.r_[days, np.ones(3000)], OLD)
    assert rhythm.gap_days == pytest.approx(100 * np.log(2), rel=0.1)
    assert rhythm.returning_customers == (days > 1).sum()
    assert rhythm.is_estimated


def test_who_first_bought_a_few_days_ago_does_not_shorten_the_gap() -> None:
    rng = np.random.default_rng(1)
    waited, days = exponential_gaps(rng, 100, np.full(3000, OLD))
    # A tenth of them have come back yet, the quickest ones.
    newcomers, of_newcomers = exponential_gaps(rng, 100, rng.uniform(1, 30, 3000))
    alone = estimate_rhythm(waited, days, OLD)
    with_newcomers = estimate_rhythm(np.r_[waited, newcomers], np.r_[days, of_newcomers], OLD)
    assert with_newcomers.gap_days == pytest.approx(alone.gap_days, rel=0.05)
    assert np.median(np.r_[waited, newcomers][np.r_[days, of_newcomers] > 1]) < 0.9 * alone.gap_days


def test_the_gap_is_not_that_of_the_quickest_customers() -> None:
    """Of those who come back within 200 days half have done so after 57, many of them after the last day."""
    waited, days = exponential_gaps(np.random.default_rng(1), 100, np.random.default_rng(2).uniform(0, 200, 5000))
    half = -100 * np.log(1 - (1 - np.exp(-2)) / 2)
    assert estimate_rhythm(waited, days, 200).gap_days == pytest.approx(half, rel=0.1)
    assert np.median(waited[days > 1]) < 0.8 * half


def of_gaps(gap: float, customers: int = 100, history: float = OLD) -> Rhythm:
    return estimate_rhythm(np.full(customers, gap), np.full(customers, 2.0), history)


def test_a_young_shop_has_a_gap_of_a_month_at_least() -> None:
    assert of_gaps(5, history=119).gap_days == 30
    assert of_gaps(5, history=120).gap_days == 5
    assert of_gaps(40, history=119).gap_days == 40


def test_few_returning_customers_tell_no_gap() -> None:
    assert of_gaps(20, customers=19) == Rhythm(90, 90, 19, is_estimated=False)
    assert of_gaps(20, customers=20) == Rhythm(20, 45, 20, is_estimated=True)
    assert estimate_rhythm(np.ones(500), np.ones(500), 30) == Rhythm(90, 90, 0, is_estimated=False)


@pytest.mark.parametrize(("gap", "new"), [(1, 45), (22, 45), (23, 46), (45, 90), (46, 90), (300, 90)])
def test_a_customer_is_new_for_two_gaps_within_limits(gap: float, new: int) -> None:
    assert of_gaps(gap).new_days == new


def test_a_gap_is_a_day_at_least() -> None:
    assert of_gaps(0).gap_days == 1


@given(st.lists(st.tuples(st.floats(0, 900), st.integers(1, 3)), min_size=20, max_size=80), st.integers(0, 99))
def test_the_order_of_customers_does_not_matter(customers: list[tuple[float, int]], seed: int) -> None:
    waited, days = np.array(customers, dtype=float).T
    order = np.random.default_rng(seed).permutation(len(customers))
    assert estimate_rhythm(waited, days, OLD) == estimate_rhythm(waited[order], days[order], OLD)


def test_recency_counts_between_two_and_three_gaps() -> None:
    rhythm = of_gaps(50)
    assert rhythm.recency_limits == (100, 150)
    recency = np.arange(1.0, 301)[:, None]
    transformation = fit_transformation(recency, ["recency_days"], rhythm)
    (*active, overdue, gone, long_gone) = transformation.transform(np.array([[1.0], [100], [120], [150], [300]]))
    assert active[0] == active[1] < overdue < gone == long_gone
    # Only recency, and only as far as there are customers.
    assert fit_transformation(recency, ["tenure_days"], rhythm).high[0] == pytest.approx(np.log1p(299))
    young = fit_transformation(recency[:20], ["recency_days"], rhythm)
    assert len(np.unique(young.transform(recency[:20]))) == 1
