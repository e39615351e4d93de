"""The campaign list: the same draw each time, another for each campaign, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import campaign
import duckdb
import pytest
from campaign import Campaign
from conftest import Build
from queries.segments import Members
from queries.selection import Country

from segmentation_charts.published import Snapshot

SHARE = 0.2
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=cmd|"/c calc"!A1', "a,b\n<script>alert(1)</script>")  # noqa: RUF001


def shop(folder: Path, customers: list[str], country: str = "Nowhere") -> Snapshot:
    """Publish customers of one segment, with nothing but what the list needs."""
    version = folder / "versions/000001"
    version.mkdir(parents=True)
    (folder / "current").symlink_to("versions/000001")
    with duckdb.connect(str(version / "segments.duckdb")) as connection:
        connection.execute("create table published_manifest as select '{\"row_counts\": {}}' as manifest")
        connection.execute(
            """
            create table customer_segments as
            select
                unnest($customers) as customer_id, 'VIP' as segment, $country as country, 'Call' as recommended_action,
                false as is_high_return, date '2020-01-01' as last_purchase_date, 1 as recency_days, 2 as frequency,
                -3.5::decimal(28, 4) as monetary, 4.5::decimal(28, 4) as avg_order_value, 0.1 as return_rate
            """,
            {"customers": customers, "country": country},
        )
    return Snapshot(folder)


def written(
    snapshot: Snapshot, name: str, share: float = SHARE, members: Members | None = None
) -> list[dict[str, str]]:
    content = campaign.write(snapshot, Campaign(name, members or Members("VIP"), Country(), share)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Ten thousand customers."""
    return shop(tmp_path_factory.mktemp("many"), [str(number) for number in range(10_000)])


def held_out(snapshot: Snapshot, name: str, share: float = SHARE) -> set[str]:
    return {row["customer_id"] for row in written(snapshot, name, share) if row["group"] == "holdout"}


def test_the_held_out_are_as_many_as_chance_would_take(many: Snapshot) -> None:
    for name in ("Spring", "Summer", ""):
        expected, deviation = 10_000 * SHARE, (10_000 * SHARE * (1 - SHARE)) ** 0.5
        assert abs(len(held_out(many, name)) - expected) < 4 * deviation


def test_campaigns_draw_independently(many: Snapshot) -> None:
    both = len(held_out(many, "Spring") & held_out(many, "Summer"))
    expected, deviation = 10_000 * SHARE**2, (10_000 * SHARE**2 * (1 - SHARE**2)) ** 0.5
    assert abs(both - expected) < 4 * deviation


def test_the_same_campaign_draws_the_same_and_a_larger_share_the_same_and_more(many: Snapshot) -> None:
    spring = Campaign("Spring", Members("VIP"), Country(), SHARE)
    assert campaign.write(many, spring) == campaign.write(many, spring)
    assert held_out(many, "Spring", 0.1) < held_out(many, "Spring", 0.2)
    assert held_out(many, "Spring", 0.0) == set()
    assert len(held_out(many, "Spring", 1.0)) == 10_000


def test_a_customer_keeps_the_group_when_the_list_grows(many: Snapshot, tmp_path: Path) -> None:
    few = shop(tmp_path, [str(number) for number in range(0, 10_000, 7)])
    assert held_out(few, "Spring") == {name for name in held_out(many, "Spring") if int(name) % 7 == 0}


def test_no_cell_begins_as_a_formula_and_no_text_is_lost(tmp_path: Path) -> None:
    rows = written(shop(tmp_path, list(HOSTILE), country="=country"), "@campaign")
    assert {row["customer_id"] for row in rows} == {
        *("'" + name for name in HOSTILE if not name.startswith("a,b")),
        "a,b\n<script>alert(1)</script>",
    }
    assert {(row["campaign"], row["country"], row["monetary"]) for row in rows} == {
        ("'@campaign", "'=country", "-3.5000")
    }


def test_the_page_counts_what_the_list_holds(sample_build: Build) -> None:
    snapshot = Snapshot(sample_build.warehouse.parent / "published")
    for members in (Members("Lapsed loyal"), Members("High return rate", is_overlay=True)):
        rows = written(snapshot, "Win back", members=members)
        groups = [row["group"] for row in rows]
        counted = campaign.count(snapshot, Campaign("Win back", members, Country(), SHARE))
        assert counted == (groups.count("campaign"), groups.count("holdout"))
        condition = "is_high_return" if members.is_overlay else "segment = 'Lapsed loyal'"
        query = f"select customer_id from marts.customer_segments where {condition} order by customer_id"
        assert [(row["customer_id"],) for row in rows] == sample_build.rows(query)
        assert list(rows[0])[-3:] == list(campaign.VALUES)
        worth = sample_build.rows(
            f"select sum(lifetime_value) from marts.customer_value where customer_id in ({query.split(' order')[0]})"
        )
        assert sum(Decimal(row["lifetime_value"]) for row in rows) == worth[0][0]


def test_a_list_of_a_version_without_value_has_the_same_columns(many: Snapshot) -> None:
    rows = written(many, "Spring")
    assert {tuple(row[column] for column in campaign.VALUES) for row in rows} == {("", "", "")}
