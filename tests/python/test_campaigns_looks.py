"""Looking every day: who looks with the plain interval is fooled, who looks with the always-valid one is not."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import PROFILE
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit
from simulated_campaigns import many_draws, planted, shop

from segmentation.campaigns.always_valid import always_valid, boundary, odds_clock, spread_clock
from segmentation.campaigns.measure import CARRIED_BY, carried, contrast, measure
from segmentation.campaigns.sums import sums_of

FloatArray = NDArray[np.float64]

DRAWS, EVERY = (400, 2) if PROFILE == "short" else (2000, 1)


def test_the_boundary_is_as_wide_as_said() -> None:
    wider = boundary([1, 0.4, 0.1, 0.02]) / 1.96
    assert wider == pytest.approx([1.57, 1.55, 1.66, 2.4], abs=0.01)
    assert boundary(0) == np.inf
    assert boundary(0.3, level=0.99) > boundary(0.3)


def test_brownian_motion_leaves_the_boundary_as_rarely_as_said() -> None:
    rng = np.random.default_rng(1)
    steps = np.geomspace(1e-4, 1e6, 600)
    motion = np.cumsum(rng.standard_normal((4000, 600)) * np.sqrt(np.diff(np.r_[0, steps])), axis=1)
    left = (np.abs(motion) > boundary(steps) * np.sqrt(steps)).any(axis=1).mean()
    # The boundary is exact for a motion that is looked at without pause, for ever.
    assert 0.025 < left <= 0.05


def looks(
    y: FloatArray, changed: FloatArray, x: FloatArray, share: float, *, by_odds: bool = False, adjusted: bool = True
) -> tuple[float, float, float]:
    """Return in how many draws an interval of some day leaves out the effect until that day: always-valid, and plain.

    And how many times wider the always-valid one is at the end. y and changed: cumulative, shape (n, days).
    """
    strata = np.zeros(len(y), dtype=np.int64)
    held = many_draws(strata, share, DRAWS, seed=2)
    planned = x.var(ddof=1) * (1 / held[0].sum() + 1 / (1 - held[0]).sum())
    wrong, wrong_plain, wider = np.zeros(DRAWS, dtype=bool), np.zeros(DRAWS, dtype=bool), 0.0
    for day in range(1, y.shape[1], EVERY):
        groups = planted(held, y[:, day], changed[:, day], x, strata)
        found = contrast(*groups, adjusted=adjusted)
        enough = carried(*groups) >= CARRIED_BY
        error = np.where(found.standard_error > 0, found.standard_error, np.inf)
        off = np.abs(found.difference - (changed[:, day] - y[:, day]).mean()) / error
        clock = odds_clock(y[:, day].mean(), x.mean()) if by_odds else spread_clock(found.standard_error**2, planned)
        reach = -stdtrit(found.degrees, ndtr(-boundary(clock)))
        wrong |= enough & (off > reach)
        wrong_plain |= enough & (off > stdtrit(found.degrees, 0.975))
        wider = float(np.median(reach / stdtrit(found.degrees, 0.975)))
    assert enough.all()
    return float(wrong.mean()), float(wrong_plain.mean()), wider


@pytest.mark.parametrize("measured", ["orders", "revenue", "returned", "net", "capped", "buyers"])
@pytest.mark.parametrize(("shape", "per_day"), [(0.3, 0.05), (2.0, 0.02)])
def test_ninety_looks_at_customers_whose_days_depend_on_one_another(
    measured: str, shape: float, per_day: float
) -> None:
    made = shop(1600, 180, shape=shape, per_day=per_day, seed=3)
    daily = (
        made.revenue - made.returned
        if measured == "net"
        else getattr(made, {"buyers": "orders", "capped": "revenue"}.get(measured, measured))
    )
    before, y = daily[:, :90].sum(axis=1), np.cumsum(daily[:, 90:], axis=1)
    if measured == "buyers":
        before, y = (before > 0).astype(float), (y > 0).astype(float)
    if measured == "capped":
        # Low, so that many can't grow any more.
        bound = np.quantile(before[before > 0], 0.8)
        before, y = np.minimum(before, bound), np.minimum(y, bound)
    wrong, plain, wider = looks(y, y, before, 0.25, by_odds=measured == "buyers")
    assert wrong <= 0.05
    assert plain > 2 * wrong
    assert plain > 0.09
    assert wider < 1.75


def test_an_effect_that_grows_is_covered_on_each_day() -> None:
    made = shop(1600, 180, shape=0.8, per_day=0.04, seed=4)
    rng = np.random.default_rng(5)
    more = rng.poisson(0.3 * made.orders[:, :90].mean(axis=1)[:, None], (1600, 90))
    y, changed = np.cumsum(made.orders[:, 90:], axis=1), np.cumsum(made.orders[:, 90:] + more, axis=1)
    wrong, plain, _ = looks(y, changed, made.orders[:, :90].sum(axis=1), 0.25)
    assert wrong <= 0.05
    assert plain > 0.1


@given(st.floats(-2, 2), st.integers(80, 300), st.floats(0.001, 50))
def test_the_p_value_says_what_the_interval_says(apart: float, held: int, clock: float) -> None:
    rng = np.random.default_rng(6)
    y = rng.gamma(2, 1, 900) + 2
    effect = measure(sums_of(y[held:] + apart), sums_of(y[:held]))
    found = always_valid(effect, clock)
    assert found.low is not None
    assert found.high is not None
    assert effect.adjusted.p_value is not None
    assert found.p_value >= effect.adjusted.p_value
    if abs(found.p_value - 0.05) > 1e-6:
        assert (found.p_value < 0.05) == (found.low > 0 or found.high < 0)
    assert found.times_wider is not None
    assert found.times_wider > 1.5


def test_before_enough_is_known_nothing_is_said() -> None:
    effect = measure(sums_of(np.r_[np.ones(5), np.zeros(500)]), sums_of(np.r_[1.0, np.zeros(99)]))
    found = always_valid(effect, 0.01)
    assert (found.low, found.high, found.p_value, found.times_wider) == (None, None, 1.0, None)
    everybody = measure(sums_of(np.arange(500.0)), sums_of(np.arange(100.0)))
    assert always_valid(everybody, float("inf")).low is not None
    assert always_valid(everybody, 0.0).low is None
