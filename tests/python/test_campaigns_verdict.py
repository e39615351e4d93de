"""What is said of a campaign, and what makes it one not to be trusted."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, false_discovery_control

from segmentation.campaigns.always_valid import always_valid
from segmentation.campaigns.checks import (
    Finding,
    check_contamination,
    check_days,
    check_overlap,
    check_sample_ratio,
    sample_ratio_p,
)
from segmentation.campaigns.measure import Effect, measure
from segmentation.campaigns.sums import sums_of
from segmentation.campaigns.verdict import adjust_for_many, judge, number


def effect_of(apart: float, customers: int = 2000) -> Effect:
    y = np.tile([0.0, 1.0, 2.0, 5.0], customers // 4)
    return measure(sums_of(y + apart), sums_of(y[: customers // 4]))


@given(st.integers(0, 5000), st.integers(1, 5000), st.floats(0.02, 0.98))
def test_the_sample_ratio_is_tested_by_chi_square(treated: int, held: int, share: float) -> None:
    total = treated + held
    known = chisquare([treated, held], [(1 - share) * total, share * total])
    assert sample_ratio_p(treated, held, share) == pytest.approx(known.pvalue, abs=1e-12)


def test_each_thing_that_is_off_has_a_code_and_a_sentence() -> None:
    off = check_sample_ratio(9300, 700, 0.1)
    assert off is not None
    assert off.code == "sample_ratio_off"
    assert "700 of 10,000 customers are held out, 7.0% instead of 10.0%" in off.words
    assert check_sample_ratio(9050, 950, 0.1) is None
    reached = check_contamination(60, 700)
    assert reached is not None
    assert reached.code == "held_out_reached"
    assert reached.figure == pytest.approx(60 / 700)
    assert check_contamination(35, 700) is None
    assert check_contamination(0, 0) is None
    overlap = check_overlap(3000, 9000, 100, 1000, "Spring")
    assert overlap is not None
    assert overlap.code == "overlap_uneven"
    assert "Spring reached 33.3% of the treated and 10.0%" in overlap.words
    assert check_overlap(3000, 9000, 330, 1000, "Spring") is None
    assert check_overlap(0, 9000, 0, 1000, "Spring") is None
    for wrong in (
        lambda: check_contamination(3, 2),
        lambda: check_overlap(3, 2, 0, 1, ""),
        lambda: sample_ratio_p(0, 0, 0.1),
    ):
        with pytest.raises(ValueError, match=r"held out|each group|there are none"):
            wrong()


def test_days_have_a_state() -> None:
    june = date(2025, 6, 1), date(2025, 6, 30)
    states = [
        check_days(june[1], june[0], june[1]),
        check_days(*june, date(2025, 5, 31)),
        check_days(*june, date(2025, 6, 10)),
        check_days(*june, june[1]),
    ]
    assert [state.code if state else None for state in states] == [
        "start_after_end",
        "not_started",
        "still_running",
        None,
    ]
    assert states[2] is not None
    assert states[2].words.startswith("10 of 30 days are known")


def test_each_verdict_has_its_reason() -> None:
    more, less, none = effect_of(0.6), effect_of(-0.6), effect_of(0.01)
    assert judge(more, more.adjusted.p_value, is_over=True).code == "works"
    assert judge(less, less.adjusted.p_value, is_over=True).code == "harms"
    assert judge(more, more.adjusted.p_value, is_over=True, is_good=False, what="returns").code == "harms"
    seen = judge(none, none.adjusted.p_value, is_over=True)
    assert (seen.code, seen.reasons) == ("no_effect_seen", ("within_chance",))
    assert "would have been seen four times out of five" in seen.words
    assert judge(more, 0.08, is_over=True).words.endswith("among so many segments it isn't.")
    few = effect_of(0.6, 40)
    assert judge(few, few.adjusted.p_value, is_over=True).reasons == ("too_few_carry_it",)
    nobody = measure(sums_of(np.zeros(100)), sums_of(np.zeros(20)))
    assert judge(nobody, None, is_over=True).reasons == ("no_spread",)
    off = judge(more, 0.0001, is_over=True, findings=[Finding("sample_ratio_off", "Customers got lost.", 1e-9)])
    assert (off.code, off.reasons) == ("not_trusted", ("sample_ratio_off",))
    assert off.words == "The result is not to be trusted. Customers got lost."


def test_while_it_runs_only_the_interval_for_every_look_decides() -> None:
    small, large = effect_of(0.25), effect_of(0.6)
    running = always_valid(small, 0.5)
    assert small.adjusted.p_value is not None
    assert small.adjusted.p_value < 0.05 < running.p_value
    early = judge(small, running.p_value, is_over=False, running=running)
    assert (early.code, early.reasons) == ("too_early", ("still_running",))
    running = always_valid(large, 0.5)
    sooner = judge(large, running.p_value, is_over=False, running=running)
    assert sooner.code == "works"
    assert running.low is not None
    assert number(running.low) in sooner.words
    with pytest.raises(ValueError, match="runs"):
        judge(small, 0.01, is_over=False)


@given(st.lists(st.none() | st.floats(0, 1), max_size=12))
def test_several_segments_make_each_less_sure(p_values: list[float | None]) -> None:
    adjusted = adjust_for_many(p_values)
    known = sorted(p for p in p_values if p is not None)
    for before, after in zip(p_values, adjusted, strict=True):
        if before is None or after is None:
            assert before is after
            continue
        later = [p * len(known) / (n + 1) for n, p in enumerate(known) if p >= before]
        assert after == pytest.approx(min(1.0, *later), abs=1e-12)
    if known:
        assert sorted(p for p in adjusted if p is not None) == sorted(false_discovery_control(known))


def test_of_segments_without_an_effect_few_are_found() -> None:
    rng = np.random.default_rng(1)
    found = [min(p for p in adjust_for_many(list(rng.random(8))) if p is not None) <= 0.05 for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0.05, abs=0.015)


def test_numbers_are_written_as_people_read_them() -> None:
    assert [number(v) for v in (0, 12345.6, 12.345, 0.012345, -3.0)] == ["0", "12,346", "12.3", "0.0123", "-3.00"]
