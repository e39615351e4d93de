"""What is drawn of what customers are worth: sums of the tables, added up again, and a word where there is nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import Build

from segmentation_charts.frames import value
from segmentation_charts.frames.value import Chosen
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Note
from segmentation_report.sections import value as report

Changed = Callable[[str], Snapshot]


@pytest.fixture(scope="module")
def snapshot(sample_build: Build) -> Iterator[Snapshot]:
    opened = Snapshot(sample_build.warehouse.parent / "published")
    yield opened
    opened.close()


@pytest.fixture
def changed(sample_build: Build, tmp_path: Path) -> Changed:
    """Return what the sample published, after statements."""

    def change(statements: str) -> Snapshot:
        folder = tmp_path / "published"
        shutil.copytree(sample_build.warehouse.parent / "published", folder, symlinks=True)
        with duckdb.connect(str(folder / "current/segments.duckdb")) as connection:
            connection.execute(statements)
        return Snapshot(folder)

    return change


@pytest.fixture(scope="module")
def customers(snapshot: Snapshot) -> pd.DataFrame:
    """A row a customer, by hand."""
    found = snapshot.query("from customer_segments").merge(
        snapshot.query("from customer_value").drop(columns=["model_version", "as_of_date"]), on="customer_id"
    )
    numbers = ["monetary", "expected_revenue", "expected_orders", "horizon_revenue", "lifetime_value"]
    return found.astype(dict.fromkeys([*numbers, "probability_alive", "probability_to_buy"], float))


def test_sums_are_those_of_the_customers(snapshot: Snapshot, customers: pd.DataFrame) -> None:
    country = customers["country"].mode()[0]
    some = customers[(customers["country"] == country) & (customers["segment"] == "VIP")]
    chosen = Chosen("country = $country and segment = $segment", {"country": country, "segment": "VIP"})
    for found, rows in ((value.totals(snapshot), customers), (value.totals(snapshot, chosen), some)):
        assert (found["customers"], found["valued"]) == (len(rows), rows["lifetime_value"].notna().sum())
        assert found["expected_revenue"] == pytest.approx(rows["expected_revenue"].sum())
        assert found["expected_orders"] == pytest.approx(rows["expected_orders"].sum())
        assert found["expected_buyers"] == pytest.approx(rows["probability_to_buy"].sum())
        assert found["lifetime_value"] == pytest.approx(rows["lifetime_value"].sum())
        assert found["is_anybody_leaving"] == (rows["probability_alive"] < 1).any()


def test_segments_are_those_of_the_profiles(snapshot: Snapshot, customers: pd.DataFrame) -> None:
    found = value.by_segment(snapshot).set_index("segment")
    profiles = snapshot.query("from segment_profiles where kind = 'cluster'").set_index("segment")
    assert list(found.index) == list(profiles.sort_values("revenue", ascending=False).index)
    for column in ("customers", "revenue", "expected_revenue"):
        assert dict(found[column]) == pytest.approx(dict(profiles[column].astype(float)), rel=1e-9)
    assert dict(found["expected_revenue_share"]) == pytest.approx(
        dict(profiles["expected_revenue_share"].astype(float)), abs=1e-6
    )
    assert dict(found["alive_share"]) == pytest.approx(dict(customers.groupby("segment")["probability_alive"].mean()))
    assert list(value.shares(found.reset_index()).groupby("panel")["share"].sum()) == pytest.approx([1, 1])


def test_the_curve_is_that_of_the_customers_in_order(snapshot: Snapshot, customers: pd.DataFrame) -> None:
    curve = value.concentration(snapshot)
    revenue = np.sort(customers["expected_revenue"].to_numpy())[::-1]
    exact = np.interp(curve["customer_share"], np.arange(len(revenue) + 1) / len(revenue), [0, *np.cumsum(revenue)])
    assert curve["revenue_share"].to_numpy() == pytest.approx(exact / revenue.sum(), abs=1e-9)
    assert value.best_share(curve) == pytest.approx(revenue[: len(revenue) // 10].sum() / revenue.sum(), abs=0.001)


@pytest.mark.parametrize(("is_alive", "column"), [(True, "probability_alive"), (False, "probability_to_buy")])
def test_cells_are_means_of_their_customers(
    snapshot: Snapshot, customers: pd.DataFrame, is_alive: bool, column: str
) -> None:
    found = value.matrix(snapshot, is_alive=is_alive)
    assert found["customers"].sum() == len(customers)
    inside = customers[customers["recency_days"].between(31, 60) & customers["frequency"].between(4, 5)]
    cell = found[(found["recency"] == "31–60") & (found["orders"] == "4–5")].iloc[0]  # noqa: RUF001
    assert (cell["customers"], cell["share"]) == (len(inside), pytest.approx(inside[column].mean()))
    inside = customers[(customers["recency_days"] > 180) & (customers["recency_days"] <= 365)]
    assert found.loc[found["recency"] == "181–365", "customers"].sum() == len(inside)  # noqa: RUF001


def test_new_customers_have_brought_and_will(snapshot: Snapshot, customers: pd.DataFrame) -> None:
    found = value.new_customers(snapshot).set_index("month")
    month = customers["first_purchase_date"].dt.to_period("M").dt.to_timestamp()
    means = customers.groupby(month)[["monetary", "horizon_revenue", "lifetime_value"]].mean()
    assert found[["brought", "to_come", "lifetime_value"]].to_numpy() == pytest.approx(means.to_numpy())
    # Each month has its place on the axis, also one in which nobody came.
    parts = value.parts_of_worth(found.reset_index())
    assert parts["month"].nunique() == len(pd.date_range(month.min(), month.max(), freq="MS")) > len(found)


def test_what_came_is_what_the_checks_say(snapshot: Snapshot, changed: Changed) -> None:
    found = value.outcome(snapshot).set_index("measure")
    assert list(found.index) == ["orders", "revenue"]
    assert list(found["foretold"] / found["came"]) == pytest.approx(list(found["ratio"]), rel=1e-3)
    assert len(value.outcome_bars(found.reset_index())) == 6
    assert (value.calibration(snapshot)["expected"].diff().dropna() > 0).all()
    groups = value.outcome_of_groups(snapshot)
    assert list(groups["group"].unique()[:2]) == ["Best tenth", "Tenth 2"]

    # The sample has the two years that tell a season by now.
    assert "today it is" in value.verdicts(found.reset_index())
    other = changed("update value_validation set verdict = 'closer' where verdict is not null")
    assert "would have been closer" not in value.verdicts(value.outcome(other))
    assert not any(sentence.startswith("The forecast was off") for sentence in value.warnings(other))


def test_warnings_are_sentences_and_the_season_is_told(changed: Changed) -> None:
    snapshot = changed(
        "update value_model set is_season_known = false, warnings = "
        "'One is 0.72, of probability_alive. Two: so. A third!';"
        "update value_validation set verdict = 'farther' where verdict is not null"
    )
    off, of_money, *rest = value.warnings(snapshot)
    assert off.endswith("would have been closer.")
    assert of_money.startswith("The forecast was off: ")
    assert rest[:3] == ["One is 0.72, of probability alive.", "Two: so.", "A third!"]
    assert "season" in rest[3]


def test_where_nothing_is_foretold_the_reason_is_said(changed: Changed) -> None:
    nothing = ", ".join(
        f"{column} = null"
        for column in (
            *("probability_alive", "probability_to_buy", "expected_orders", "expected_revenue", "horizon_revenue"),
            *("lifetime_value", "value_rank"),
        )
    )
    snapshot = changed(
        f"update customer_value set no_value_reason = 'Nobody bought.', {nothing};delete from value_validation"
    )
    totals = value.totals(snapshot)
    assert (totals["customers"], totals["valued"]) == (3000, 0)
    assert value.reasons(snapshot) == ["Nobody bought."]
    assert value.concentration(snapshot).empty
    assert value.outcome(snapshot).empty
    parts = report.section(snapshot).parts
    assert all(isinstance(part, Note) for part in parts)
    assert "Nobody bought." in [part.text for part in parts if isinstance(part, Note)]


def test_where_nobody_leaves_the_probability_to_buy_is_shown(changed: Changed) -> None:
    snapshot = changed("update customer_value set probability_alive = 1")
    assert not value.totals(snapshot)["is_anybody_leaving"]
    assert "Who will buy" in [figure.title for figure in report.section(snapshot).figures]


def test_a_version_of_an_earlier_release_says_that_it_has_none(changed: Changed) -> None:
    patch = json.dumps({"row_counts": {"customer_value": None, "value_model": None, "value_validation": None}})
    snapshot = changed(
        "drop table customer_value; drop table value_model; drop table value_validation;"
        f"update published_manifest set manifest = json_merge_patch(manifest, '{patch}')"
    )
    assert not value.is_published(snapshot)
    assert value.span(snapshot) == "the time that is foretold"
    (note,) = report.section(snapshot).parts
    assert isinstance(note, Note)
