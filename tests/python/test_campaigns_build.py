"""Campaigns through a whole build: the marts say what the package says of the lines, and lists stay as they are."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from conftest import WITHOUT_TESTS, Build, dbt, write_lines

from segmentation.campaigns.lists import seal_of
from segmentation.campaigns.measure import measure
from segmentation.campaigns.sums import sums_of

DAYS = ("2024-05-01", "2024-05-30")
HEADER = [
    *("campaign", "customer_id", "group", "segment", "stratum", "holdout_share", "assigned_on", "starts_on", "ends_on"),
    *("contacted", "list_seal"),
]
SELECTED = (
    *("build", "--indirect-selection", "buildable"),
    *("--select", "+campaigns", "+campaign_results", "+campaign_days", "+campaign_customers"),
)
CUSTOMERS = 400


# Of how many customers in a row each is in the same group: so draws don't depend on each other.
RUNS = {"Spring": 1, "Edited": 4, "Sent to all": 16, "Backwards": 64, "Next year": 1}


def is_held(name: str, customer: int) -> bool:
    return customer // RUNS[name] % 4 == 0


def draw(folder: Path, name: str, days: tuple[str, str] = DAYS, edited: int = 0, **changes: str) -> None:
    """Write a list, a quarter of which is held out; some groups are changed after it was sealed."""
    rows = []
    for n in range(CUSTOMERS):
        group = "holdout" if is_held(name, n) else "campaign"
        row = {
            **{"campaign": name, "customer_id": f"c{n}", "group": group, "segment": "AB"[n // 4 % 2]},
            **{"stratum": str(n // 8 % 2), "holdout_share": "0.25", "assigned_on": "2024-04-30"},
            **{"starts_on": days[0], "ends_on": days[1], "contacted": "yes" if group == "campaign" else "no"},
        }
        rows.append(row | changes)
    sealed = [
        [row[field] for field in ("campaign", "customer_id", "group", "starts_on", "ends_on", "holdout_share")]
        for row in rows
    ]
    seal = str(seal_of(sealed))
    for row in rows[:edited]:
        row["group"] = "campaign"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as f:
        writer = csv.DictWriter(f, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row | {"list_seal": seal} for row in rows)


def lines(seed: int, count: int, first: int) -> list[str]:
    """Orders from March to May, of which those of May are more for whom a list says campaign."""
    rng = np.random.default_rng(seed)
    written = []
    for number in range(count):
        customer, day = int(rng.integers(CUSTOMERS)), int(rng.integers(92))
        month, of_month = (3, day + 1) if day < 31 else (4, day - 30) if day < 61 else (5, day - 60)
        quantity = int(rng.integers(1, 9)) * (3 if month == 5 and customer % 4 else 1)
        sign = -1 if rng.random() < 0.05 else 1
        written.append(
            f"{'C' if sign < 0 else ''}{first + number},P{number % 9},Thing,{sign * quantity},"
            f"2024-{month:02}-{of_month:02} 10:00,2.5,c{customer},France"
        )
    return written


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("campaigns_build")
    write_lines(folder / "first.csv", *lines(1, 3000, 10_000))
    lists = folder / "campaigns"
    draw(lists, "Spring")
    draw(lists, "Edited", edited=3)
    draw(lists, "Sent to all", contacted="yes")
    draw(lists, "Backwards", ("2024-05-30", "2024-05-01"))
    draw(lists, "Next year", ("2025-01-01", "2025-01-31"))
    strangers = [f"x{n},{'sent' if n % 2 else 'control'},2024-05-01,2024-05-30" for n in range(50)]
    (lists / "strangers.csv").write_text("\n".join(["customer_id,group,starts_on,ends_on", *strangers]) + "\n")
    return folder


@pytest.fixture(scope="module")
def built(shop: Path) -> Build:
    done = dbt(shop, shop / "*.csv", arguments=SELECTED)
    assert done.exit_code == 0, done.output
    return done


def agrees_with_its_customers(build: Build) -> float:
    """Check that results are what the package says of the customers of the mart; return the difference in revenue."""
    rows = build.rows(
        "select segment, segment || stratum, campaign_group = 'holdout', revenue::double, revenue_before::double "
        "from marts.campaign_customers where campaign = 'Spring' order by customer_id"
    )
    segments, strata, held = (np.array([row[n] for row in rows]) for n in (0, 1, 2))
    y, x = (np.array([row[n] for row in rows]) for n in (3, 4))
    labels = np.unique(strata, return_inverse=True)[1]
    found = build.rows(
        "select segment, difference::double, difference_low::double, difference_high::double, p_value::double, "
        "incremental::double from marts.campaign_results where campaign = 'Spring' and measure = 'revenue' order by 1"
    )
    assert [row[0] for row in found] == ["A", "B", None]
    for segment, *numbers in found:
        mine = segments == segment if segment else np.ones(len(y), dtype=bool)
        groups = [sums_of(y[mine & of], x[mine & of], strata=labels[mine & of], count=4) for of in (~held, held)]
        effect = measure(*groups)
        adjusted = effect.adjusted
        expected = [adjusted.difference, adjusted.low, adjusted.high, adjusted.p_value, effect.incremental]
        assert numbers == pytest.approx(expected, abs=1e-3)
    return float(found[-1][1])


def test_the_marts_say_what_the_package_says_of_the_lines(built: Build) -> None:
    assert agrees_with_its_customers(built) > 0
    totals = built.rows(
        "select sum(revenue) filter (campaign_group = 'campaign'), sum(revenue) filter (campaign_group = 'holdout') "
        "from marts.campaign_customers where campaign = 'Spring'"
    )
    assert totals == built.rows(
        "select campaign_total, holdout_total from marts.campaign_results "
        "where campaign = 'Spring' and measure = 'revenue' and segment is null"
    )
    # The lines of May, before returns.
    assert totals == built.rows(
        "select sum(purchased) filter (substr(customer_id, 2)::int % 4 <> 0), "
        "sum(purchased) filter (substr(customer_id, 2)::int % 4 = 0) "
        "from intermediate.int_customer_days where activity_date between '2024-05-01' and '2024-05-30'"
    )
    ((last,),) = built.rows(
        "select difference from marts.campaign_days where campaign = 'Spring' and measure = 'revenue' "
        "order by day desc limit 1"
    )
    assert [(last,)] == built.rows(
        "select difference from marts.campaign_results "
        "where campaign = 'Spring' and measure = 'revenue' and segment is null"
    )


def test_each_campaign_says_what_it_can_be_doubted_for(built: Build) -> None:
    assert built.rows("select campaign, state, verdict_code, finding_codes from marts.campaigns order by 1") == [
        ("Backwards", "over", "not_trusted", "start_after_end"),
        ("Edited", "over", "not_trusted", "list_edited"),
        ("Next year", "planned", "too_early", None),
        ("Sent to all", "over", "not_trusted", "held_out_reached"),
        ("Spring", "over", "works", None),
        ("strangers", "over", "not_trusted", "nobody_known"),
    ]
    # Others that ran at the same time reached both groups as they were drawn.
    others = ("Edited", "Sent to all", "Backwards")
    reached = sum(not all(is_held(name, n) for name in others) or n < 3 for n in range(CUSTOMERS))
    assert built.rows("select overlapping_customers from marts.campaigns where campaign = 'Spring'") == [(reached,)]
    assert built.rows("select is_sealed, unknown_customers from marts.campaigns where campaign = 'strangers'") == [
        (None, 50)
    ]


def test_late_lines_change_past_results(built: Build, shop: Path) -> None:
    before = agrees_with_its_customers(built)
    write_lines(shop / "late.csv", *lines(2, 500, 20_000))
    again = dbt(shop, shop / "*.csv", arguments=SELECTED)
    assert again.exit_code == 0, again.output
    assert agrees_with_its_customers(again) != before


def test_a_list_that_contradicts_itself_stops_the_build(tmp_path: Path) -> None:
    draw(tmp_path / "campaigns", "Spring")
    path = tmp_path / "campaigns/Spring.csv"
    path.write_text(path.read_text().replace(",c5,campaign,", ",c4,campaign,"))
    stopped = dbt(
        tmp_path,
        write_lines(tmp_path / "first.csv", *lines(1, 30, 10_000)),
        arguments=(*WITHOUT_TESTS, "--select", "campaign_group_words", "base_erased_customers", "base_campaign_lists"),
    )
    assert stopped.exit_code != 0
    message = stopped.message()
    assert (
        "campaigns/Spring.csv problem: 1 customer is in both groups of a campaign, such as 'c4' of 'Spring'" in message
    )
    assert "remedy: keep the row that says what was drawn, and take the other one out" in message
    assert "Traceback" not in message
