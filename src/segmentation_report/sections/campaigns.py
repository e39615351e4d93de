"""What the campaigns of the last year brought."""

from __future__ import annotations

import datetime
from collections.abc import Hashable
from functools import partial
from typing import Any

import pandas as pd

from segmentation_charts import campaigns as charts
from segmentation_charts import formats
from segmentation_charts.frames import campaigns as frames
from segmentation_charts.frames.measures import money_title
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Figure, Note, Section, Table

DAYS = 365
# Campaigns that are drawn day by day.
DRAWN = 4


def section(snapshot: Snapshot) -> Section:
    """Return the section on campaigns."""
    return Section(
        "campaigns",
        "What campaigns brought",
        "A campaign is measured against customers of the same kind who were left out of it at random: what its "
        "customers bought more than those is what it brought.",
        _parts(snapshot),
    )


def of_last_year(snapshot: Snapshot) -> pd.DataFrame:
    """Return the campaigns that ran in the last 365 days before the as-of date, the latest first."""
    as_of = datetime.date.fromisoformat(snapshot.manifest["as_of_date"])
    rows = frames.campaigns(snapshot)
    return frames.of_period(rows, as_of - datetime.timedelta(days=DAYS), as_of - datetime.timedelta(days=1))


def _parts(snapshot: Snapshot) -> list[Figure | Table | Note]:
    if not frames.is_published(snapshot):
        return [Note("This version was published without results of campaigns. Build again.")]
    rows = of_last_year(snapshot)
    if rows.empty:
        return [
            Note(
                f"No campaign ran in the last {DAYS} days before the as-of date. A list drawn by make campaign, or on "
                "the dashboard's page Campaigns, is measured by each build."
            )
        ]
    return [
        _table(snapshot, rows),
        *(
            Note(f"{formats.text(row['campaign'])}: {formats.prose(row['verdict'])}")
            for row in rows.to_dict("records")
            if row["verdict"]
        ),
        *_forest(snapshot, rows),
        *(
            figure
            for number, row in enumerate(rows.head(DRAWN).to_dict("records"), 1)
            for figure in _curve(snapshot, row, number)
        ),
    ]


def _table(snapshot: Snapshot, rows: pd.DataFrame) -> Table:
    currency = snapshot.currency
    return Table(
        "Campaigns of the last year",
        "Revenue before returns, from the first day of each campaign until its last, or until the as-of date. Low and "
        f"high are the ends of the 95 % interval. From {_customers(rows)} customers.",
        ("Campaign", "Time", "State", "Got it", "Held out", "Revenue it brought", "Low", "High", "Verdict"),
        [
            (
                formats.text(row["campaign"]),
                f"{formats.date(row['starts_on'])} to {formats.date(row['ends_on'])}",
                row["state"],
                formats.count(row["campaign_customers"]),
                formats.count(row["holdout_customers"]),
                *(frames.total(row[f"incremental_revenue{end}"], "revenue", currency) for end in ("", "_low", "_high")),
                frames.VERDICTS.get(row["verdict_code"], formats.NONE),
            )
            for row in rows.to_dict("records")
        ],
        frozenset(range(3, 8)),
    )


def _forest(snapshot: Snapshot, rows: pd.DataFrame) -> list[Figure]:
    frame = frames.brought(snapshot, rows)
    if frame.empty:
        return []
    return [
        Figure(
            "campaigns-brought",
            "Revenue that campaigns brought",
            "In all, with the 95 % interval. On the broken line the campaign changed nothing. "
            f"From {_customers(rows)} customers.",
            partial(charts.forest, frame, money_title("Revenue that it brought", snapshot.currency)),
        )
    ]


def _curve(snapshot: Snapshot, row: dict[Hashable, Any], number: int) -> list[Figure]:
    frame = frames.days(snapshot, row["campaign"], "revenue")
    if frame.empty:
        return []
    return [
        Figure(
            f"campaign-{number}",
            f"{formats.text(row['campaign'])}, day by day",
            "Revenue per customer who got the campaign less that of who was held out, from its start until each day. "
            "The 95 % interval is for who looks once, at the end; the one that is always valid holds however often one "
            "looks. "
            f"From {formats.count(row['campaign_customers'])} customers who got it and "
            f"{formats.count(row['holdout_customers'])} customers who were held out.",
            partial(charts.curve, frame, frames.title("revenue", snapshot.currency)),
        )
    ]


def _customers(rows: pd.DataFrame) -> str:
    return formats.count((rows["campaign_customers"] + rows["holdout_customers"]).sum())
