"""The plan of a campaign: what its customers did before, counted as it is said, and what could be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from published_shop import shop

from segmentation.campaigns import plan as planning
from segmentation_campaigns import earlier as earlier_time
from segmentation_campaigns import plan as command
from segmentation_campaigns.customers import CampaignError, choose
from segmentation_campaigns.earlier import CAP, look_back
from segmentation_campaigns.goals import MEASURES, goal_of
from segmentation_campaigns.plan import Effect, conclusions, look_ahead, read_effect
from segmentation_charts.published import Snapshot

# Some customers buy every few weeks at changing amounts; each fifth sends something back. Each third order crosses
# midnight. Charges count for nothing.
LINES = """
    with orders as (
        select
            'C' || (n % 900) as customer_id, 'I' || n as invoice_id, n,
            timestamp '2023-11-01 23:30' + to_days(((n * 7919) % 241)::integer) as invoiced_at
        from range(4000) as numbers (n)
        where n % 900 < 500
    )
    select customer_id, invoice_id, invoiced_at, 'sale' as line_type, (n % 83 + 1)::decimal(18, 4) as amount from orders
    union all
    select customer_id, invoice_id, invoiced_at + interval 1 hour, 'sale', 5 from orders where n % 3 = 0
    union all
    select customer_id, 'R' || n, invoiced_at + interval 1 day, 'return', -3 from orders where n % 5 = 0
    union all
    select customer_id, invoice_id, invoiced_at, 'charge', 1000 from orders
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    opened = shop(tmp_path_factory.mktemp("plan"), [f"C{number}" for number in range(900)], lines=LINES)
    yield opened
    opened.close()


def run(snapshot: Snapshot, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = command.main([*arguments, "--published", str(snapshot.path.parents[2])])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_of_many_customers_some_are_looked_at(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = look_back(snapshot, choose(snapshot), 60)
    monkeypatch.setattr(earlier_time, "DRAWN", 200)
    drawn = look_back(snapshot, choose(snapshot), 60)
    assert drawn.customers == everybody.customers > 400
    for measure, expected in everybody.expected.items():
        error = np.sqrt(expected.variance / 200)
        assert 0 < abs(drawn.expected[measure].mean - expected.mean) < 4 * error


def test_what_customers_did_is_counted_as_the_results_count_it(snapshot: Snapshot) -> None:
    earlier = look_back(snapshot, choose(snapshot, ["VIP"]), 60)
    # The latest month end with 60 days behind it that are known.
    assert (str(earlier.begins_on), str(earlier.ends_on), earlier.is_of_today) == ("2024-04-01", "2024-05-30", False)
    lines = snapshot.query("select * from invoice_lines where line_type in ('sale', 'return')")
    members = snapshot.query("select customer_id from customer_segments where segment = 'VIP'")["customer_id"]
    begin = pd.Timestamp("2024-04-01")
    found = {}
    for time, first in (("y", begin), ("x", begin - pd.Timedelta(days=60))):
        within = lines[(lines["invoiced_at"] >= first) & (lines["invoiced_at"] < first + pd.Timedelta(days=60))]
        sales, returns = (within[within["line_type"] == kind] for kind in ("sale", "return"))
        # An invoice over midnight is one order, of its first day.
        days = lines[lines["line_type"] == "sale"].groupby(["customer_id", "invoice_id"])["invoiced_at"].min()
        orders = days[(days >= first) & (days < first + pd.Timedelta(days=60))].groupby("customer_id").size()
        revenue = sales.groupby("customer_id")["amount"].sum()
        returned = -returns.groupby("customer_id")["amount"].sum()
        table = pd.DataFrame({"orders": orders, "revenue": revenue, "returned": returned}, dtype=float)
        found[time] = table.reindex(members).fillna(0)
    y, x = found["y"], found["x"]
    bound = np.quantile(x["revenue"][x["revenue"] > 0], CAP)
    assert earlier.cap == pytest.approx(bound)
    assert earlier.customers == len(members) == 300
    for measure, mine, before in (
        ("buyers", (y["orders"] > 0) * 1.0, (x["orders"] > 0) * 1.0),
        ("orders", y["orders"], x["orders"]),
        ("revenue", y["revenue"], x["revenue"]),
        ("revenue_capped", y["revenue"].clip(upper=bound), x["revenue"].clip(upper=bound)),
        ("returned", y["returned"], x["returned"]),
        ("net_revenue", y["revenue"] - y["returned"], x["revenue"] - x["returned"]),
    ):
        expected = earlier.expected[measure]
        assert expected.mean == pytest.approx(mine.mean()), measure
        assert expected.variance == pytest.approx(mine.var()), measure
        assert expected.correlation == pytest.approx(np.corrcoef(mine, before)[0, 1]), measure


def test_of_a_segment_that_was_not_there_yet_todays_customers_are_looked_at(tmp_path: Path) -> None:
    opened = shop(tmp_path, [f"C{number}" for number in range(900)], lines=LINES)
    opened.close()
    with duckdb.connect(str(opened.path)) as connection:
        connection.execute("update segment_history set segment = 'Former' where segment = 'VIP'")
    opened = Snapshot(tmp_path)
    assert look_back(opened, choose(opened, ["VIP"]), 60).is_of_today
    assert not look_back(opened, choose(opened, ["Lost"]), 60).is_of_today
    opened.close()


def test_customers_of_a_query_are_those_of_today_and_it_is_said(
    snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "select customer_id from customer_segments where frequency > 2"
    earlier = look_back(snapshot, choose(snapshot, query=query), 60)
    assert (str(earlier.begins_on), earlier.is_of_today) == ("2024-05-02", True)
    code, said = run(snapshot, capsys, "--query", query)
    assert code == 0
    assert "the plan may be far off" in said


def test_the_plan_starts_from_the_goal_of_the_segment(snapshot: Snapshot, capsys: pytest.CaptureFixture[str]) -> None:
    goal = goal_of(snapshot, choose(snapshot, ["Lost"]))
    assert (goal.measure, goal.change, goal.days) == ("buyers", None, 90)
    goal = goal_of(snapshot, choose(snapshot, ["VIP"]))
    assert (goal.measure, goal.change, goal.days) == ("revenue", 0.1, 90)
    assert goal_of(snapshot, choose(snapshot)).change is None
    code, said = run(snapshot, capsys, "--segment", "VIP")
    assert code == 0, said
    assert said.startswith("300 customers of VIP, 90 days\nGoal: Keep at least 95 % of them")
    assert "To see 10 % more revenue" in said
    assert "With 5 % held out (15 customers), nothing would be said" in said


def test_the_plan_is_that_of_the_package(snapshot: Snapshot, capsys: pytest.CaptureFixture[str]) -> None:
    everybody = choose(snapshot)
    effect = read_effect("10 %", "buyers")
    assert effect == Effect(0.1, is_relative=False)
    outlook = look_ahead(snapshot, everybody, 60, 900, 0.3, "buyers", effect)
    expected = outlook.earlier.expected["buyers"]
    made = planning.plan(expected, 0.1, 900)
    assert outlook.needed == made
    assert made.held_customers is not None
    assert outlook.power == planning.power_of(expected, 0.1, 0.3, 900)
    first, second = conclusions(outlook, "£")
    assert first == (
        "To see 10 more of 100 customers buy four times out of five, hold out at least "
        f"{made.held_customers} customers ({100 * made.held_customers / 900:.1f} %)."
    )
    assert second.startswith("With 30 % held out (270 customers), the least that is seen four times out of five is ")
    code, said = run(
        snapshot,
        capsys,
        "--segment",
        "all",
        "--days",
        "60",
        "--effect",
        "10 %",
        "--measure",
        "buyers",
        "--holdout",
        "0.3",
    )
    assert code == 0
    assert first in said
    assert second in said
    assert re.search(r"^  60 days +\d", said, re.MULTILINE)


def test_what_would_be_out_of_reach_is_said(snapshot: Snapshot) -> None:
    many = look_ahead(snapshot, choose(snapshot), 60, 900, 0.3, "buyers", Effect(0.9, is_relative=False))
    assert "of them buy without a campaign: 90 more of 100 customers buy is out of reach." in conclusions(many, "")[0]
    small = look_ahead(snapshot, choose(snapshot), 60, 900, 0.3, "revenue", Effect(0.001, is_relative=True))
    (first, _) = conclusions(small, "£")
    found = re.search(r"not even a half held out is enough: it would take ([\d,]+) customers\.", first)
    assert found is not None
    # As many are indeed enough, and a hundredth fewer are not.
    count = int(found[1].replace(",", ""))
    expected = small.expected
    assert planning.plan(expected, 0.001, count, relative=True).held_share is not None
    assert planning.plan(expected, 0.001, round(count * 0.99), relative=True).held_share is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--effect", "0"], "An effect of 0 is never seen"),
        (["--effect", "five"], "EFFECT is a number"),
        (["--effect", "5", "--measure", "buyers"], "out of reach"),
        (["--measure", "joy"], "There is no measure 'joy'. There are: buyers, orders"),
        (["--days", "3000"], "No customer is known for 3,000 days"),
    ],
)
def test_what_cannot_be_planned_is_said(
    snapshot: Snapshot, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, said = run(snapshot, capsys, "--segment", "VIP", *arguments)
    assert code == 1
    assert message in said


def test_without_lines_there_is_no_plan(tmp_path: Path) -> None:
    snapshot = shop(tmp_path, ["1", "2", "3"])
    with pytest.raises(CampaignError, match="published without invoice lines"):
        look_back(snapshot, choose(snapshot), 30)
    snapshot.close()


def test_every_measure_has_words() -> None:
    assert list(MEASURES) == ["buyers", "orders", "revenue", "revenue_capped", "returned", "net_revenue"]
