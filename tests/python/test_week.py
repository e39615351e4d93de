"""The sentences of the first page: each figure is that of the tables."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from conftest import Build
from published_shop import shop

from segmentation_charts import formats
from segmentation_charts.frames.week import sentences
from segmentation_charts.published import Snapshot


@pytest.fixture(scope="module")
def snapshot(sample_build: Build) -> Snapshot:
    return Snapshot(sample_build.warehouse.parent / "published")


def test_each_figure_is_that_of_the_tables(snapshot: Snapshot) -> None:
    changed, to_do, to_look_at = sentences(snapshot)
    history = snapshot.query("select customer_id, month_end, segment from segment_history").pivot_table(
        index="customer_id", columns="month_end", values="segment", aggfunc="first"
    )
    before, now = history.iloc[:, -2], history.iloc[:, -1]
    moved = (before.notna() & now.notna() & (before != now)).sum()
    assert f" {moved} of {formats.count(before.notna().sum())} customers changed segment" in changed.text
    assert f" and {(before.isna() & now.notna()).sum()} customers bought for the first time." in changed.text
    days = int(snapshot.query("from shop_rhythm")["active_days"][0])
    overdue = snapshot.query("select * from customer_segments where frequency > 1").merge(
        snapshot.query("select customer_id, lifetime_value from customer_value"), on="customer_id"
    )
    overdue = overdue[overdue["recency_days"].between(days + 1, days + 7)]
    worth = overdue.groupby("segment")["lifetime_value"].sum().astype(float)
    assert to_do.text.startswith(f"{len(overdue)} customers became overdue in the last 7 days, after {days} days")
    first = f"the {(overdue['segment'] == worth.idxmax()).sum()} of {worth.idxmax()}, who are still worth"
    assert f"{first} {worth.max():,.0f}." in to_do.text
    assert "Early access, brought 13,341" in to_look_at.text
    assert [sentence.page for sentence in (changed, to_do, to_look_at)] == ["movement", "segments", "campaigns"]
    assert to_do.chosen == {"segment": worth.idxmax()}
    assert to_look_at.chosen == {"shown_campaign": "Early access"}


def test_warnings_come_before_campaigns(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(snapshot.manifest, "warnings", ["one", "two"])
    assert dataclasses.astuple(sentences(snapshot)[-1]) == (
        "The build warns of 2 things: see below.",
        "data_quality",
        {},
    )


def test_what_a_version_does_not_hold_is_not_said(tmp_path: Path) -> None:
    assert sentences(shop(tmp_path, ["a", "b"])) == []
