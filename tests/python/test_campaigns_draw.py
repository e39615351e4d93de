"""Who is held out, how even the groups came, and how many it takes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.campaigns.draw import balance, draw, held_counts
from segmentation.campaigns.measure import CARRIED_BY
from segmentation.campaigns.plan import Expected, detectable, expected_of, how_long, plan, power_of
from segmentation.campaigns.sums import sums_of

sizes = st.lists(st.integers(0, 40), min_size=1, max_size=30)


@given(sizes, st.floats(0, 1), st.floats(0, 0.999))
def test_counts_are_right_in_all_in_each_run_and_within_one_in_each(of: list[int], share: float, offset: float) -> None:
    counts = held_counts(of, share, offset)
    assert (counts >= 0).all()
    assert (counts <= of).all()
    assert (np.abs(counts - share * np.array(of)) < 1 + 1e-9).all()
    assert abs(counts.sum() - share * sum(of)) < 1 + 1e-9
    assert held_counts(of, share).sum() == pytest.approx(share * sum(of), abs=0.5 + 1e-9)
    assert held_counts(of, 1.0).tolist() == of
    assert held_counts(of, 0.0).sum() == 0


def test_tiny_strata_do_not_all_round_one_way() -> None:
    assert held_counts([3] * 20, 0.1).sum() == 6
    assert held_counts([30, 30], 0.1).tolist() == [3, 3]
    # Over campaigns, each tiny stratum has its turn.
    turns = np.array([held_counts([3] * 20, 0.1, offset) for offset in (np.arange(1000) + 0.5) / 1000])
    assert turns.mean(axis=0) == pytest.approx(np.full(20, 0.3), abs=0.002)


@given(st.integers(1, 200), st.integers(0, 1000), st.floats(0, 1))
def test_the_order_of_rows_does_not_matter(count: int, seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    # Few hashes, so that ids decide.
    hashes, strata, ids = rng.integers(0, 5, count) / 5, rng.integers(0, 4, count), np.arange(count).astype(str)
    held, other = draw(hashes, strata, ids, share), rng.permutation(count)
    assert draw(hashes[other], strata[other], ids[other], share).tolist() == held[other].tolist()
    for stratum in range(4):
        inside = strata == stratum
        if (held & inside).any() and (~held & inside).any():
            assert hashes[held & inside].max() <= hashes[~held & inside].min()


def test_each_customer_is_held_out_with_the_probability_that_was_said() -> None:
    rng = np.random.default_rng(1)
    strata = np.repeat(np.arange(12), [1, 2, 3, 1, 7, 30, 2, 1, 1, 5, 4, 3])
    held = np.array([draw(rng.random(60), strata, np.arange(60), 0.15, rng.random()) for _ in range(4000)])
    assert held.mean(axis=0) == pytest.approx(np.full(60, 0.15), abs=4 * math.sqrt(0.15 * 0.85 / 4000))


def test_shares_by_stratum_and_what_is_no_draw() -> None:
    rng = np.random.default_rng(2)
    strata = np.repeat([1, 2, 3], 100)
    held = draw(rng.random(300), strata, np.arange(300), {1: 0.1, 2: 0.5, 3: 0.1})
    assert [held[strata == n].sum() for n in (1, 2, 3)] == [10, 50, 10]
    with pytest.raises(ValueError, match="stratum 3"):
        draw(rng.random(300), strata, np.arange(300), {1: 0.1, 2: 0.5})
    with pytest.raises(ValueError, match="twice"):
        draw([0.1, 0.2], [0, 0], ["a", "a"], 0.5)
    with pytest.raises(ValueError, match="below 1"):
        draw([0.1, 1.0], [0, 0], ["a", "b"], 0.5)
    with pytest.raises(ValueError, match="same customers"):
        draw([0.1], [0, 0], ["a", "b"], 0.5)
    with pytest.raises(ValueError, match="share"):
        held_counts([3], 1.5)


def test_a_draw_that_favours_is_refused_and_one_by_chance_is_not() -> None:
    rng = np.random.default_rng(3)
    past = rng.lognormal(3, 1, 3000)
    fifths = (np.argsort(np.argsort(past)) * 5 // 3000).astype(np.int64)
    refused, uneven = 0, []
    for _ in range(500):
        held = draw(rng.random(3000), fifths, np.arange(3000), 0.1)
        rows = balance({"past revenue": (sums_of(past[~held]), sums_of(past[held]))})
        refused += any(row.is_refused for row in rows)
        loose = rng.random(3000) < 0.1
        uneven.append(balance({"past revenue": (sums_of(past[~loose]), sums_of(past[loose]))})[0].smd)
        uneven[-1] = abs(uneven[-1]) - abs(rows[0].smd)
    assert refused <= 5
    # Strata make groups more alike than chance alone would.
    assert np.mean(uneven) > 0
    favoured = draw(1 - np.argsort(np.argsort(past)) / 3000 - 1e-9, np.zeros(3000, dtype=int), np.arange(3000), 0.1)
    row = balance({"past revenue": (sums_of(past[~favoured]), sums_of(past[favoured]))})[0]
    assert row.is_refused
    assert row.smd < -1
    # A difference of 0.2 that few customers bring by chance is none to refuse; the same of many is.
    apart = np.tile([0.0, 1.0], 10)
    assert not balance({"x": (sums_of(apart), sums_of(apart + 0.1))})[0].is_refused
    many = np.tile([0.0, 1.0], 5000)
    assert balance({"x": (sums_of(many), sums_of(many + 0.1))})[0].is_refused
    assert balance({"x": (sums_of(np.ones(9)), sums_of(np.ones(9)))})[0].smd == 0
    assert balance({"x": (sums_of(np.ones(9)), sums_of(np.zeros(9)))})[0].is_refused


@given(st.integers(200, 100_000), st.floats(0.05, 5), st.floats(0, 0.95), st.floats(0.02, 1))
def test_plan_and_power_say_the_same(customers: int, spread: float, correlation: float, effect: float) -> None:
    expected = Expected(customers, 1.0, spread, correlation, customers / (1 + spread))
    made = plan(expected, effect)
    if made.held_share is None:
        assert made.detectable > effect or expected.carried_by / 2 < CARRIED_BY
        return
    assert made.held_customers == pytest.approx(made.held_share * customers)
    assert made.power >= 0.8 - 0.01
    assert detectable(expected, made.held_share) <= effect * 1.01
    assert expected.carried_by * made.held_share >= CARRIED_BY * 0.98
    assert plan(expected, -effect).held_share == made.held_share
    assert plan(expected, effect, relative=True) == made
    fewer = plan(Expected(customers, 1.0, spread, 0.0, expected.carried_by), effect)
    assert fewer.held_share is None or fewer.held_share >= made.held_share


def test_a_plan_by_hand() -> None:
    """A share of 10 % of buyers, two points more, equal groups: 3,532 of each without correction, as of the formula."""
    expected = Expected(7064, 0.1, 0.09, 0.0, 706.4)
    assert detectable(expected, 0.5) == pytest.approx(2.8016 * math.sqrt(0.09 * 4 / 7064), rel=1e-4)
    assert power_of(expected, detectable(expected, 0.2), 0.2) == pytest.approx(0.8, abs=1e-4)
    with pytest.raises(ValueError, match="effect of 0"):
        plan(expected, 0)
    with pytest.raises(ValueError, match="share"):
        detectable(expected, 1)


def test_what_is_expected_is_what_customers_did() -> None:
    rng = np.random.default_rng(4)
    x = rng.gamma(2, 3, 5000)
    y = 0.5 * x + rng.normal(0, 1, 5000)
    expected = expected_of(sums_of(y, x))
    assert expected.variance == pytest.approx(y.var(ddof=1))
    assert expected.correlation == pytest.approx(np.corrcoef(x, y)[0, 1])
    nobody = plan(expected_of(sums_of(np.zeros(100))), 0.1)
    assert (nobody.held_share, nobody.power, nobody.detectable_relative) == (None, 0.0, None)
    with pytest.raises(ValueError, match="two customers"):
        expected_of(sums_of(np.ones(1)))


def test_the_shortest_time_that_is_long_enough() -> None:
    periods = {90: Expected(5000, 0.9, 1.5, 0.6, 1700), 30: Expected(5000, 0.3, 0.5, 0.4, 700)}
    periods[60] = Expected(5000, 0.6, 1.0, 0.5, 1200)
    assert how_long(periods, 0.2, relative=True, most_held=0.5).days == 30
    assert how_long(periods, 0.2, relative=True, most_held=0.2).days == 60
    never = how_long(periods, 0.001, relative=True)
    assert (never.days, never.held_share) == (None, None)
    with pytest.raises(ValueError, match="earlier periods"):
        how_long({}, 0.1)
