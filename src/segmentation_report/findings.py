"""The main findings in plain sentences, each computed from the snapshot."""

from __future__ import annotations

import datetime

from segmentation_charts import formats
from segmentation_charts.frames import campaigns as frames
from segmentation_charts.frames import movement, value
from segmentation_charts.frames.segments import profiles
from segmentation_charts.published import Snapshot
from segmentation_report.sections import campaigns


def findings(snapshot: Snapshot) -> list[str]:
    """Return what a reader should know first, the most general first."""
    sentences = (_size, _rhythm, _best, _value, _forecast, _campaigns, _away, _moved, _returns, _trust)
    return [sentence for write in sentences if (sentence := write(snapshot))]


def _size(snapshot: Snapshot) -> str:
    found = snapshot.query(
        "select count(*) as customers, sum(frequency) as orders, sum(monetary) as monetary, "
        "min(first_purchase_date) as begin, max(last_purchase_date) as end from customer_segments"
    ).iloc[0]
    money = formats.money(found["monetary"], snapshot.currency)
    return (
        f"{formats.count(found['customers'])} customers spent {money} in {formats.count(found['orders'])} orders from "
        f"{formats.date(found['begin'])} to {formats.date(found['end'])}."
    )


def _best(snapshot: Snapshot) -> str:
    best = profiles(snapshot).iloc[0]
    return (
        f"The segment {best['segment']} brings the most: {formats.count(best['customers'])} customers, "
        f"{formats.share(best['customer_share'])} of all, with {formats.share(best['revenue_share'])} of the revenue."
    )


def _value(snapshot: Snapshot) -> str | None:
    """Say what is to come, and how few bring most of it."""
    if not value.is_published(snapshot):
        return None
    totals, curve = value.totals(snapshot), value.concentration(snapshot)
    if curve.empty:
        return None
    return (
        f"In {value.span(snapshot)} today's customers are expected to place {formats.count(totals['expected_orders'])} "
        f"orders of {formats.money(totals['expected_revenue'], snapshot.currency)} in all; a tenth of the customers "
        f"brings {formats.share(value.best_share(curve), 0)} of that."
    )


def _forecast(snapshot: Snapshot) -> str | None:
    """Say what came of the last forecast, and whether the season is in it."""
    if not value.is_published(snapshot):
        return None
    found = value.outcome(snapshot)
    said = [
        f"The last such forecast, of {row['since']}, foretold {row['words']} and {row['came_words']} came"
        + (": to expect as much as last time would have been closer." if row["is_worse"] else ".")
        for row in found[found["measure"] == "revenue"].to_dict("records")
    ]
    if not value.model(snapshot)["is_season_known"]:
        said.append("The season of the shop is not known, so none is in the forecast.")
    return " ".join(said) or None


def _campaigns(snapshot: Snapshot) -> str | None:
    """Say how many campaigns worked, and what the last year's brought together."""
    rows = campaigns.of_last_year(snapshot)
    known = rows[rows["verdict_code"].notna() & (rows["verdict_code"] != "not_trusted")] if len(rows) else rows
    if known.empty:
        return None
    works = int((known["verdict_code"] == "works").sum())
    brought = frames.total(known["incremental_revenue"].astype(float).sum(), "revenue", snapshot.currency)
    return (
        f"{formats.things(len(known), 'campaign')} of the last year can be measured, and {formats.count(works)} worked "
        f"beyond chance; together they brought {brought} in revenue, more or less."
    )


def _rhythm(snapshot: Snapshot) -> str | None:
    """How long customers are away as a rule, and how many have been for longer."""
    if "shop_rhythm" not in snapshot.tables:
        return None
    found = snapshot.query("from shop_rhythm").iloc[0]
    shares = {state: formats.share(found[f"{state}_customers"] / found["customers"]) for state in ("active", "gone")}
    gap = formats.things(int(found["gap_days"]), "day")
    known = (
        f"Who comes back does so after {gap} as a rule"
        if found["is_gap_estimated"]
        else (f"Too few come back to tell after how long; {gap} are taken")
    )
    return (
        f"{known}: {shares['active']} of the customers have bought within twice that time and are active, and "
        f"{shares['gone']} have not for three times as long and are gone."
    )


def _away(snapshot: Snapshot) -> str | None:
    """Of the segments whose median customer is overdue by the rhythm of the shop, the one that brought the most."""
    if "shop_rhythm" not in snapshot.tables:
        return None
    active_days = snapshot.query("from shop_rhythm")["active_days"][0]
    away = profiles(snapshot)
    away = away[(away["median_recency_days"] > active_days) & (away["customers"] > 0)]
    if away.empty:
        return None
    first = away.iloc[0]
    return (
        f"The most money among those who are overdue is with the segment {first['segment']}: "
        f"{formats.count(first['customers'])} customers brought {formats.share(first['revenue_share'])} of the "
        f"revenue, and half of them have not bought for {formats.count(first['median_recency_days'])} days or more."
    )


def _moved(snapshot: Snapshot) -> str | None:
    found = movement.migration(snapshot)
    if found is None:
        return None
    known = int(found.rows.loc[found.rows["from_segment"] != movement.NEW, "customers"].sum())
    return (
        f"From {formats.date(found.begin)} to {formats.date(found.end)} {formats.count(found.moved)} of "
        f"{formats.count(known)} customers ({formats.share(found.moved / max(known, 1))}) changed segment, and "
        f"{formats.count(found.customers - known)} bought for the first time."
    )


def _returns(snapshot: Snapshot) -> str | None:
    found = snapshot.query(
        """
        select
            coalesce(sum(returned_value), 0) as returned,
            coalesce(sum(returned_value) / nullif(sum(returned_value + net_monetary), 0), 0) as share,
            count(*) filter (where is_high_return) as high
        from customer_segments
        """
    ).iloc[0]
    if not found["returned"]:
        return None
    return (
        f"{formats.share(found['share'])} of the purchased value came back, "
        f"{formats.money(found['returned'], snapshot.currency)}; {formats.count(found['high'])} customers are high "
        "returners."
    )


def _trust(snapshot: Snapshot) -> str:
    verdicts = snapshot.query(
        "select verdict, count(*) as checks from segmentation_quality where verdict <> 'info' group by verdict"
    )
    counts = dict(zip(verdicts["verdict"], verdicts["checks"], strict=True))
    missed = int(counts.get("warn", 0)) + int(counts.get("fail", 0))
    total = int(sum(counts.values()))
    told = f"{formats.count(total - missed)} of {formats.count(total)} checks of the model are passed"
    return told + ("." if not missed else "; the others are first in the table of checks.")


def span(snapshot: Snapshot) -> str:
    """Return the as-of date in words."""
    return formats.date(datetime.date.fromisoformat(str(snapshot.manifest["as_of_date"])))
