"""Results of campaigns from sums by day: the curve is what one would have seen each day, and findings are said."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from segmentation.campaigns.results import MEASURES, SCHEMA, Campaign, results

START = datetime.date(2024, 3, 1)
DAYS = 30


def campaign(**changes: Any) -> Campaign:
    known = Campaign(
        campaign="x",
        state="over",
        starts_on=START,
        ends_on=START + datetime.timedelta(DAYS - 1),
        observed_until=START + datetime.timedelta(DAYS - 1),
        customers=800,
        campaign_customers=600,
        holdout_customers=200,
        holdout_share=0.25,
        unknown_customers=0,
        vanished_customers=0,
        contacted_holdout=0,
        other_campaigns=None,
        is_sealed=True,
    )
    return replace(known, **changes)


def sums_of_days(
    effect: float = 0.0, days: int = DAYS, seed: int = 1, segments: tuple[str | None, ...] = ("A", "B")
) -> pd.DataFrame:
    """What 600 customers and 200 held out buy on days: orders of 10, and some more for whom it was sent to."""
    rng = np.random.default_rng(seed)
    customers = 800
    held = np.arange(customers) % 4 == 0
    segment = np.array(segments, dtype=object)[np.arange(customers) // 4 % len(segments)]
    stratum = np.array(["1", "2"], dtype=object)[np.arange(customers) // 8 % 2]
    rate = rng.gamma(2, 0.05, customers)
    before = rng.poisson(rate[:, None] * DAYS, (customers, 1))[:, 0] * 10.0
    orders = rng.poisson((rate * (1 + effect * ~held))[:, None], (customers, days)) * 10.0
    so_far = np.cumsum(orders, axis=1)
    rows = []
    keys = pd.DataFrame({"segment": segment, "stratum": stratum, "held": held})
    for key, members in keys.groupby(["segment", "stratum", "held"], dropna=False).groups.items():
        of_segment, of_stratum, is_held = cast(tuple[Any, Any, bool], key)
        mine = members.to_numpy()
        for measure in MEASURES:
            row = {
                "campaign": "x",
                "campaign_group": "holdout" if is_held else "campaign",
                "segment": None if pd.isna(of_segment) else of_segment,
                "stratum": of_stratum,
                "measure": measure,
            }

            def value(amounts: Any, measure: str = measure) -> Any:
                return (amounts > 0) * 1.0 if measure == "buyers" else amounts / 10 if measure == "orders" else amounts

            x = value(before[mine])
            rows.append(
                row
                | {
                    "activity_date": None,
                    "customers": len(mine),
                    "y": 0,
                    "yy": 0,
                    "x": x.sum(),
                    "xx": (x**2).sum(),
                    "xy": 0,
                }
            )
            for day in range(days):
                y, earlier = value(so_far[mine, day]), value(so_far[mine, day - 1]) if day else 0 * x
                added = {"y": (y - earlier).sum(), "yy": (y**2 - earlier**2).sum(), "xy": (x * (y - earlier)).sum()}
                date = START + datetime.timedelta(day)
                rows.append(row | {"activity_date": date, "customers": 0, "x": 0, "xx": 0} | added)
    return pd.DataFrame(rows)


def of_measure(
    found: Any, measure: str = "revenue", segment: str | None = None, latest: bool = True
) -> list[dict[str, Any]]:
    return [
        row
        for row in found.to_pylist()
        if row["measure"] == measure and row["segment"] == segment and row["is_latest"] == latest
    ]


def test_a_day_of_the_curve_is_what_one_saw_on_that_day() -> None:
    whole = results([campaign()], sums_of_days(0.5))
    for day in (4, 11, 20):
        until = START + datetime.timedelta(day)
        sums = sums_of_days(0.5)
        sums = sums[sums["activity_date"].isna() | (pd.to_datetime(sums["activity_date"]) <= pd.Timestamp(until))]
        then = results([campaign(state="running", observed_until=until)], sums)
        for measure in MEASURES:
            (seen,) = of_measure(then, measure)
            (drawn,) = [row for row in of_measure(whole, measure, latest=False) if row["activity_date"] == until]
            for name in (
                "difference",
                "difference_low",
                "difference_high",
                "anytime_low",
                "anytime_high",
                "incremental",
            ):
                assert drawn[name] == pytest.approx(seen[name], rel=1e-9), (day, measure, name)


def test_an_effect_is_found_and_the_rows_are_complete() -> None:
    found = results([campaign()], sums_of_days(0.5))
    assert found.schema == SCHEMA
    (row,) = of_measure(found, "orders")
    assert row["verdict_code"] == "works"
    assert row["campaign_customers"] == 600
    assert row["holdout_customers"] == 200
    assert row["campaign_mean"] == pytest.approx(row["campaign_total"] / 600)
    assert row["difference_low"] < row["difference"] < row["difference_high"]
    assert row["anytime_low"] < row["difference_low"]
    assert row["incremental"] == pytest.approx(600 * row["difference"])
    assert row["adjusted_p_value"] == row["p_value"] < 0.05
    (segment,) = of_measure(found, "orders", "A")
    assert segment["adjusted_p_value"] >= segment["p_value"]
    assert of_measure(found, "orders", "A", latest=False) == []
    # Fewer returns are what is wanted.
    assert of_measure(found, "returned")[0]["verdict_code"] == "harms"


def test_who_looks_while_it_runs_goes_by_the_interval_that_holds_always() -> None:
    (row,) = of_measure(results([campaign(state="running", ends_on=START + datetime.timedelta(60))], sums_of_days(0.5)))
    assert row["adjusted_p_value"] == row["anytime_p_value"]
    assert row["p_value"] < row["anytime_p_value"]


def test_without_segments_there_are_rows_of_all_customers_only() -> None:
    found = results([campaign()], sums_of_days(segments=(None,)))
    assert set(found["segment"].to_pylist()) == {None}
    assert found["is_latest"].to_pylist().count(True) == len(MEASURES)


def test_without_campaigns_there_is_a_table_of_no_rows() -> None:
    assert results([], sums_of_days().iloc[:0]).schema == SCHEMA
    assert len(results([], sums_of_days().iloc[:0])) == 0


def test_a_campaign_that_has_not_begun_says_so() -> None:
    start = sums_of_days()
    known = campaign(state="planned", observed_until=None)
    (row,) = of_measure(results([known], start[start["activity_date"].isna()]))
    assert (row["verdict_code"], row["activity_date"], row["difference"]) == ("too_early", None, None)
    assert "starts on 2024-03-01" in row["verdict"]
    # What can be seen at its end is known from the time before.
    assert row["detectable_difference"] > 0


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"is_sealed": False}, "list_edited", "changed by hand"),
        (
            {"ends_on": START - datetime.timedelta(1)},
            "start_after_end",
            "starts on 2024-03-01, after its end on 2024-02-29",
        ),
        ({"holdout_share": 0.4}, "sample_ratio_off", "200 of 800 customers are held out, 25.0% instead of 40.0%"),
        ({"contacted_holdout": 20}, "held_out_reached", "20 of the 200 customers held out"),
        ({"vanished_customers": 800}, "customers_vanished", "800 of the 800 customers are not in the invoice lines"),
        ({"unknown_customers": 800}, "nobody_known", "None of the customers is in the invoice lines"),
        (
            {"other_campaigns": json.dumps([{"campaign": "Spring", "treated": 300, "held": 20}])},
            "overlap_uneven",
            "The campaign Spring reached 50.0% of the treated and 10.0% of the held out",
        ),
    ],
)
def test_what_a_result_is_doubted_for_is_said_and_decides(changes: dict[str, Any], code: str, words: str) -> None:
    for row in of_measure(results([campaign(**changes)], sums_of_days(0.5))):
        assert row["verdict_code"] == "not_trusted"
        assert row["finding_codes"] == code
        assert words in row["findings"]
        assert row["verdict"].endswith(row["findings"])


@pytest.mark.parametrize(
    "changes",
    [
        {"is_sealed": None},
        {"holdout_share": None},
        {"holdout_share": 0.27},
        {"contacted_holdout": 5},
        {"vanished_customers": 40},
        {"unknown_customers": 799},
        {"other_campaigns": json.dumps([{"campaign": "Spring", "treated": 300, "held": 95}])},
    ],
)
def test_what_is_within_bounds_is_no_finding(changes: dict[str, Any]) -> None:
    (row,) = of_measure(results([campaign(**changes)], sums_of_days(0.5)))
    assert row["finding_codes"] is None
    assert row["verdict_code"] == "works"


@pytest.mark.parametrize(("group", "code"), [("holdout", "nobody_held_out"), ("campaign", "nobody_reached")])
def test_a_group_without_customers_is_a_finding(group: str, code: str) -> None:
    sums = sums_of_days()
    sums = sums[sums["campaign_group"] != group]
    counts = {
        "campaign_customers": 0 if group == "campaign" else 600,
        "holdout_customers": 0 if group == "holdout" else 200,
    }
    rows = results([campaign(**counts)], sums).to_pylist()
    assert {row["finding_codes"] for row in rows if row["is_latest"]} == {code}
    assert {row["difference"] for row in rows} == {None}
