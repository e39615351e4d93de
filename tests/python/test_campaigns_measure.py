"""What a campaign did: by hand, against Welch's test, and over thousands of draws whose effect is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit
from scipy.stats import ttest_ind
from simulated_campaigns import many_draws, planted, quantile_strata, shop, sums_of_draws

from segmentation.campaigns.measure import CARRIED_BY, Contrast, carried, contrast, measure
from segmentation.campaigns.plan import expected_of, plan, power_of
from segmentation.campaigns.sums import Sums, merge_thin, sums_of
from segmentation.campaigns.whales import beside, bound_of

DRAWS = 2000

few = st.lists(st.tuples(st.integers(-3, 9), st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=25)


def arrays(rows: list[tuple[int, int, int]]) -> tuple[Any, ...]:
    table = np.array(rows, dtype=float)
    return table[:, 0], table[:, 1], table[:, 2].astype(int)


def of_rows(rows: list[tuple[int, int, int]]) -> Sums:
    y, x, strata = arrays(rows)
    return sums_of(y, x, strata=strata, count=4)


@given(few, few)
def test_sums_of_both_are_those_of_all(one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]) -> None:
    both, together = of_rows(one) + of_rows(other), of_rows(one + other)
    for name, values in vars(together).items():
        assert getattr(both, name).tolist() == values.tolist()


@given(few, few, st.integers(2, 6))
def test_thin_strata_are_joined_and_nobody_is_lost(
    one: list[tuple[int, int, int]], other: list[tuple[int, int, int]], least: int
) -> None:
    before = of_rows(one), of_rows(other)
    after = merge_thin(*before, least)
    for old, new in zip(before, after, strict=True):
        assert new.total().yy == old.total().yy
        assert len(new.customers) == 1 or (new.customers >= least).all()


@given(few, few)
def test_whatever_customers_do_nothing_is_not_a_number(
    one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]
) -> None:
    effect = measure(of_rows(one), of_rows(other), least_in_stratum=2)
    numbers = [*vars(effect).values(), *vars(effect.adjusted).values(), *vars(effect.unadjusted).values()]
    assert all(math.isfinite(value) for value in numbers if isinstance(value, int | float))
    if effect.adjusted.low is not None and effect.relative_low is not None and effect.relative_high is not None:
        high = effect.adjusted.high
        assert high is not None
        # Fieller's interval and that of the difference leave out 0 together.
        without = effect.adjusted.low > 1e-9 or high < -1e-9
        if abs(effect.adjusted.low) > 1e-6 and abs(high) > 1e-6:
            assert without == (effect.relative_low > 0 or effect.relative_high < 0)


def test_without_strata_and_covariate_it_is_the_test_of_welch() -> None:
    rng = np.random.default_rng(1)
    treated, held = rng.gamma(0.5, 4, 400), rng.gamma(0.5, 3, 60)
    effect, known = measure(sums_of(treated), sums_of(held)), ttest_ind(treated, held, equal_var=False)
    assert effect.adjusted == effect.unadjusted
    assert effect.adjusted.p_value == pytest.approx(known.pvalue)
    assert effect.adjusted.degrees == pytest.approx(known.df)
    interval = known.confidence_interval(0.95)
    assert (effect.adjusted.low, effect.adjusted.high) == pytest.approx((interval.low, interval.high))
    assert effect.incremental == pytest.approx(400 * (treated.mean() - held.mean()))
    assert effect.theta == effect.variance_taken == 0


def test_the_adjusted_effect_is_that_of_the_adjusted_customers() -> None:
    rng = np.random.default_rng(2)
    x = rng.gamma(1, 10, 500)
    y = x * rng.gamma(4, 1 / 4, 500) + rng.normal(0, 1, 500)
    held = np.arange(500) < 80
    effect = measure(sums_of(y[~held], x[~held]), sums_of(y[held], x[held]))
    within = [x[part] - x[part].mean() for part in (~held, held)]
    theta = (within[0] @ y[~held] + within[1] @ y[held]) / sum(part @ part for part in within)
    left = y - theta * (x - x.mean())
    known = ttest_ind(left[~held], left[held], equal_var=False)
    assert effect.theta == pytest.approx(theta)
    assert effect.adjusted.difference == pytest.approx(left[~held].mean() - left[held].mean())
    assert effect.adjusted.p_value == pytest.approx(known.pvalue)
    assert effect.variance_taken is not None
    assert 0.4 < effect.variance_taken < 0.95


def test_strata_of_unlike_shares_are_compared_each_by_itself() -> None:
    """Best customers are held out rarely, others half: groups differ, but the campaign did nothing."""
    y = np.r_[np.tile([90.0, 110.0], 50), np.tile([1.0, 3.0], 50)]
    strata = np.repeat([0, 1], 100)
    held = np.r_[np.arange(100) < 10, np.arange(100) < 50]
    effect = measure(*(sums_of(y[part], strata=strata[part]) for part in (~held, held)))
    assert effect.adjusted.difference == pytest.approx(0)
    assert effect.treated_per_customer - effect.held_per_customer > 30
    # Per treated customer of each: 90 and 50 of 140.
    of_held = (90 / 140) ** 2 * np.var(y[:10], ddof=1) / 10 + (50 / 140) ** 2 * np.var(y[100:150], ddof=1) / 50
    of_treated = (90 / 140) ** 2 * np.var(y[10:100], ddof=1) / 90 + (50 / 140) ** 2 * np.var(y[150:], ddof=1) / 50
    assert effect.adjusted.standard_error == pytest.approx(math.sqrt(of_held + of_treated))


def test_what_can_not_be_said_is_not_said() -> None:
    nobody = measure(sums_of(np.zeros(100)), sums_of(np.zeros(20)))
    assert (nobody.adjusted.difference, nobody.adjusted.low, nobody.adjusted.p_value) == (0, None, None)
    assert not nobody.is_enough
    one = measure(sums_of(np.arange(100.0)), sums_of(np.array([3.0])))
    assert one.adjusted.difference == pytest.approx(46.5)
    assert (one.adjusted.high, one.incremental_low, one.relative, one.is_enough) == (None, None, None, False)
    few_buyers = measure(sums_of(np.r_[np.ones(60), np.zeros(440)]), sums_of(np.r_[np.ones(4), np.zeros(96)]))
    assert few_buyers.carried_by == pytest.approx(64 / 6)
    assert not few_buyers.is_enough
    with pytest.raises(ValueError, match="held out"):
        measure(sums_of(np.ones(3)), sums_of(np.zeros(0)))
    with pytest.raises(ValueError, match="not numbers"):
        sums_of(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="level"):
        measure(sums_of(np.ones(3)), sums_of(np.ones(3)), level=95)


def test_ten_million_customers_lose_no_digits_that_matter() -> None:
    """Sums of squares of amounts of a hundred thousand each: rounding is not taken for a spread."""
    n, mean = 1e7, 1e5
    alike = Sums(*np.array([[n], [n * mean], [n * mean**2], [0], [0], [0]]))
    assert measure(alike, alike).adjusted.standard_error is None
    # A tenth has no end in binary.
    assert measure(sums_of(np.full(1001, 0.1)), sums_of(np.full(999, 0.1))).adjusted.standard_error is None
    spread = Sums(*np.array([[n], [n * mean], [n * (mean**2 + 400)], [0], [0], [0]]))
    assert measure(spread, spread).adjusted.standard_error == pytest.approx(math.sqrt(2 * 400 / n), rel=1e-3)


def covers(found: Contrast, truth: float) -> float:
    margin = stdtrit(found.degrees, 0.975) * found.standard_error
    return float((np.abs(found.difference - truth) <= margin).mean())


@pytest.mark.parametrize("measured", ["orders", "revenue", "returned", "net", "buyers"])
@pytest.mark.parametrize("change", ["nothing", "more orders", "larger orders", "more returns"])
def test_of_thousands_of_draws_as_many_are_wrong_as_is_said(measured: str, change: str) -> None:
    made = shop(2000, 120, shape=0.6, per_day=0.03, seed=3)
    after = slice(60, None)
    orders, revenue, returned = made.orders[:, after], made.revenue[:, after], made.returned[:, after]
    rng = np.random.default_rng(4)
    thinned = orders + (rng.random(orders.shape) < 0.2 * made.orders.mean(axis=1)[:, None])
    each = np.divide(revenue, orders, out=np.zeros_like(revenue), where=orders > 0)
    with_change = {
        "nothing": (orders, revenue, returned),
        "more orders": (thinned, revenue + 20 * (thinned - orders), returned),
        "larger orders": (orders, revenue + 0.2 * each * orders, returned),
        "more returns": (orders, revenue, 1.5 * returned),
    }[change]

    def of(of_orders: Any, of_revenue: Any, of_returned: Any) -> Any:
        if measured == "net":
            return (of_revenue - of_returned).sum(axis=1)
        if measured == "buyers":
            return (of_orders.sum(axis=1) > 0).astype(float)
        return {"orders": of_orders, "revenue": of_revenue, "returned": of_returned}[measured].sum(axis=1)

    x = of(made.orders[:, :60], made.revenue[:, :60], made.returned[:, :60])
    order, strata = quantile_strata(made.revenue[:, :60].sum(axis=1))
    y, changed, x = of(orders, revenue, returned)[order], of(*with_change)[order], x[order]
    held = many_draws(strata, 0.2, DRAWS, seed=5)
    treated, control = planted(held, y, changed, x, strata)
    truth, found, plain = (
        float((changed - y).mean()),
        contrast(treated, control),
        contrast(treated, control, adjusted=False),
    )
    assert carried(treated, control).min() >= CARRIED_BY
    assert covers(found, truth) >= 0.94
    error = found.difference.std() / math.sqrt(DRAWS)
    assert found.difference.mean() == pytest.approx(truth, abs=4 * error)
    # What the adjustment says it gains is what estimates of many draws vary less.
    said = 1 - (found.standard_error**2).mean() / (plain.standard_error**2).mean()
    assert said == pytest.approx(1 - found.difference.var() / plain.difference.var(), abs=0.08)


def test_power_is_what_the_plan_said() -> None:
    """Planned from two periods that were over, then drawn: the planted effect is seen as often as was said."""
    made = shop(4000, 180, shape=0.8, per_day=0.03, seed=6)
    oldest, older, latest = (made.orders[:, 60 * n : 60 * (n + 1)].sum(axis=1) for n in range(3))
    expected = expected_of(sums_of(older, oldest))
    made_plan = plan(expected, 0.12, relative=True)
    assert made_plan.held_share is not None
    assert 0.05 < made_plan.held_share < 0.4
    order, strata = quantile_strata(older)
    rng = np.random.default_rng(7)
    y, x = latest[order], older[order]
    more = rng.poisson(0.12 * made.orders.mean(axis=1)[order] * 60)
    held = many_draws(strata, made_plan.held_share, DRAWS, seed=8)
    found = contrast(*planted(held, y, y + more, x, strata))
    seen = np.abs(found.difference) > stdtrit(found.degrees, 0.975) * found.standard_error
    # The planted effect is by chance a little off the planned one.
    said = power_of(expected, float(more.mean()), made_plan.held_share)
    assert made_plan.power == pytest.approx(0.8, abs=0.01)
    assert seen.mean() == pytest.approx(said, abs=0.05)


def test_whales_are_cut_and_shown_beside() -> None:
    rng = np.random.default_rng(9)
    y = rng.lognormal(3, 1, 2000)
    y[7] = 300_000
    held = np.arange(2000) % 5 == 0
    bound = bound_of(y, 0.99)
    one, other = (measure(sums_of(values[~held]), sums_of(values[held])) for values in (np.minimum(y, bound), y))
    both = beside(one, other)
    assert both.capped_share is not None
    assert 0.7 < both.capped_share < 0.9
    assert both.times_narrower is not None
    assert both.times_narrower > 10
    assert "narrower" in both.words
    assert (bound_of(np.zeros(3)), bound_of(y, 1)) == (math.inf, math.inf)
    assert beside(one, one).words == "Capping cuts nothing."
    # One customer carries what was not cut, and who is measured by it alone is told to wait.
    assert one.is_enough
    assert not other.is_enough
    with pytest.raises(ValueError, match="same customers"):
        beside(one, measure(sums_of(y), sums_of(y)))


def test_many_draws_are_the_same_as_each_by_itself() -> None:
    made = shop(200, 60, shape=1, per_day=0.05, seed=10)
    y, x = made.revenue[:, 30:].sum(axis=1), made.revenue[:, :30].sum(axis=1)
    order, strata = quantile_strata(x, 3)
    treated, held = sums_of_draws(many_draws(strata, 0.3, 5, seed=1), y[order], x[order], strata)
    together = contrast(treated, held)
    for draw in range(5):
        alone = measure(treated[draw], held[draw])
        assert alone.adjusted.difference == pytest.approx(together.difference[draw])
        assert alone.adjusted.standard_error == pytest.approx(together.standard_error[draw])
