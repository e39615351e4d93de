"""What campaigns brought: in all, by day, by measure and by segment."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from segmentation_charts import formats
from segmentation_charts.frames.measures import money_title
from segmentation_charts.published import Snapshot

# Measures in the order in which they are shown, with what they are called.
MEASURES = {
    "revenue": "Revenue",
    "revenue_capped": "Revenue, the largest cut off",
    "orders": "Orders",
    "buyers": "Customers who buy",
    "returned": "Value sent back",
    "net_revenue": "Revenue less what came back",
}
VERDICTS = {
    "works": "works",
    "harms": "does harm",
    "no_effect_seen": "no effect to be seen",
    "too_early": "too early to say",
    "not_trusted": "not to be trusted",
}
# The difference between both groups, and the ends of both intervals.
DIFFERENCES = ["difference", "difference_low", "difference_high", "anytime_low", "anytime_high"]
ALL = "All customers"
MINUS = "\u2212"
_SIGNS = {1: "+", 0: "", -1: MINUS}


def is_published(snapshot: Snapshot) -> bool:
    """Tell whether the version holds results of campaigns; those of earlier releases do not."""
    return {"campaigns", "campaign_results", "campaign_days"} <= snapshot.tables


def campaigns(snapshot: Snapshot) -> pd.DataFrame:
    """Return the rows of campaigns, the latest first; empty where the version holds none."""
    if not is_published(snapshot):
        return pd.DataFrame(columns=["campaign", "state", "starts_on", "ends_on"])
    return snapshot.query("select * from campaigns order by starts_on desc, campaign")


def of_period(rows: pd.DataFrame, first: datetime.date, last: datetime.date) -> pd.DataFrame:
    """Return the campaigns of which a day lies in a period.

    Parameters
    ----------
    rows : DataFrame
        Of `campaigns`.
    first, last : date
        Both included.
    """
    starts, ends = (pd.to_datetime(rows[column]) for column in ("starts_on", "ends_on"))
    return rows[(starts <= pd.Timestamp(last)) & (ends >= pd.Timestamp(first))]


def results(snapshot: Snapshot, campaign: str) -> pd.DataFrame:
    """Return the results of all customers of a campaign, a row a measure.

    Parameters
    ----------
    snapshot : Snapshot
    campaign : str
        Its name.
    """
    rows = snapshot.query(
        "select * from campaign_results where campaign = $campaign and segment is null", {"campaign": campaign}
    )
    place = {measure: number for number, measure in enumerate(MEASURES)}
    return rows.sort_values("measure", key=lambda measures: measures.map(place), ignore_index=True)


def by_segment(snapshot: Snapshot, campaign: str, measure: str) -> pd.DataFrame:
    """Return forest's rows of a campaign: all customers first, then the segments, the largest first.

    Parameters
    ----------
    snapshot : Snapshot
    campaign : str
        Its name.
    measure : str
        One of MEASURES.

    Returns
    -------
    DataFrame
        As of `forest_rows`, with customers. Segments of which no difference is known are left out.
    """
    rows = snapshot.query(
        """
        select
            *,
            campaign_customers + holdout_customers as customers
        from campaign_results
        where campaign = $campaign and measure = $measure
        order by segment is not null, customers desc, segment
        """,
        {"campaign": campaign, "measure": measure},
    )
    # A campaign of one segment says the same twice.
    if (rows["segment"].notna()).sum() == 1:
        rows = rows[rows["segment"].isna()]
    return forest_rows(rows.assign(name=rows["segment"].fillna(ALL)), measure, snapshot.currency)


def brought(snapshot: Snapshot, rows: pd.DataFrame) -> pd.DataFrame:
    """Return forest's rows of what campaigns brought in revenue, in all.

    Parameters
    ----------
    snapshot : Snapshot
    rows : DataFrame
        Of `campaigns`.
    """
    found = rows.assign(
        name=rows["campaign"],
        difference=rows["incremental_revenue"],
        difference_low=rows["incremental_revenue_low"],
        difference_high=rows["incremental_revenue_high"],
        anytime_low=None,
        anytime_high=None,
    )
    return forest_rows(found, "revenue", snapshot.currency, decimals=0)


def of_segment(profile: Mapping[Hashable, Any], currency: str) -> str | None:
    """Say what past campaigns did for a segment; None where there was none.

    Parameters
    ----------
    profile : mapping
        A row of segment_profiles, of whatever release.
    currency : str
        What comes before amounts.
    """
    measured, worked = profile.get("campaigns_measured"), profile.get("campaigns_that_worked")
    if measured is None or pd.isna(measured) or not measured:
        return None
    brought = total(profile.get("campaign_incremental_revenue"), "revenue", currency)
    return (
        f"So far: {formats.count(measured)}; worked beyond chance: {formats.count(worked)}; revenue that they "
        f"brought: {brought}, more or less."
    )


def forest_rows(rows: pd.DataFrame, measure: str, currency: str, decimals: int = 2) -> pd.DataFrame:
    """Return rows of differences as a forest plot takes them.

    Parameters
    ----------
    rows : DataFrame
        name, difference, difference_low, difference_high, anytime_low, anytime_high, verdict_code.
    measure : str
        One of MEASURES.
    currency : str
        What comes before amounts.
    decimals : int, default 2
        Of amounts.

    Returns
    -------
    DataFrame
        The same as floats, with verdict and label; rows without a difference or an interval are left out.
    """
    found = rows.assign(**{column: rows[column].astype(float) for column in DIFFERENCES})
    found = found.dropna(subset=DIFFERENCES[:3])
    return found.assign(
        name=[formats.text(name, 34) for name in found["name"]],
        verdict=[VERDICTS.get(code, "") for code in found["verdict_code"]],
        label=[
            f"{signed(value, measure, currency, decimals)} · {VERDICTS.get(code, '')}"
            for value, code in zip(found["difference"], found["verdict_code"], strict=True)
        ],
    )


def days(snapshot: Snapshot, campaign: str, measure: str) -> pd.DataFrame:
    """Return the difference of a measure after each day of a campaign, with both intervals.

    Parameters
    ----------
    snapshot : Snapshot
    campaign : str
        Its name.
    measure : str
        One of MEASURES.

    Returns
    -------
    DataFrame
        day, difference, difference_low, difference_high, anytime_low, anytime_high (floats, null where not known); days
        without a difference are left out.
    """
    rows = snapshot.query(
        """
        select day, difference, difference_low, difference_high, anytime_low, anytime_high
        from campaign_days
        where campaign = $campaign and measure = $measure and difference is not null
        order by day
        """,
        {"campaign": campaign, "measure": measure},
    )
    numbers = rows.columns[1:]
    return rows.assign(day=pd.to_datetime(rows["day"]), **{column: rows[column].astype(float) for column in numbers})


def title(measure: str, currency: str) -> str:
    """Return the title of an axis of differences per customer."""
    if measure in ("buyers", "orders"):
        return f"Difference in {MEASURES[measure].lower()}"
    return money_title("Difference per customer", currency)


def amount(value: Any, measure: str, currency: str, decimals: int = 2) -> str:
    """Write a mean or difference per customer, or a sum: in percent of the customers, in orders, or in money."""
    if value is None or value != value:
        return formats.NONE
    if measure == "buyers":
        written = formats.share(value)
    elif measure == "orders":
        written = formats.number(value, 3)
    else:
        written = formats.money(value, currency, decimals if abs(value) < 1_000 else 0)
    return written.replace("-", MINUS)


def total(value: Any, measure: str, currency: str) -> str:
    """Write a sum over customers: of buyers and orders a number of them, else money."""
    if value is None or value != value:
        return formats.NONE
    written = formats.count(value) if measure in ("buyers", "orders") else formats.money(value, currency)
    return written.replace("-", MINUS)


def signed(value: Any, measure: str, currency: str, decimals: int = 2) -> str:
    """Write a difference with its sign."""
    if value is None or value != value:
        return formats.NONE
    size = amount(abs(float(value)), measure, currency, decimals)
    return f"{_SIGNS[int(value > 0) - int(value < 0)]}{size}"
