"""What changed, what to do this week, and what to look at: a sentence each, with its figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from segmentation_charts import formats
from segmentation_charts.frames import campaigns
from segmentation_charts.published import Snapshot

WEEK = 7
_NEW, _LOST = "New customers", "Lost customers"


@dataclass(frozen=True)
class Sentence:
    """A sentence, and the page that says more.

    Attributes
    ----------
    text : str
        Plain text; names in it come from the data.
    page : str
        Key of the page.
    chosen : dict of str to str, default nothing
        What is chosen there, as the page's address has it.
    """

    text: str
    page: str
    chosen: dict[str, str] = field(default_factory=dict)


def sentences(snapshot: Snapshot) -> list[Sentence]:
    """Return what a marketer should know first; a sentence that the version can't say is left out."""
    found = (_changed(snapshot), _to_do(snapshot), _to_look_at(snapshot))
    return [sentence for sentence in found if sentence]


def _changed(snapshot: Snapshot) -> Sentence | None:
    """Say how many customers moved in the last month of the history, and where most of the money went."""
    if "segment_migrations" not in snapshot.tables:
        return None
    rows = snapshot.query(
        """
        select *
        from segment_migrations
        where month_end = (select max(month_end) from segment_migrations) and to_segment <> $lost
        order by monetary_before desc, from_segment, to_segment
        """,
        {"lost": _LOST},
    )
    known = rows[rows["from_segment"] != _NEW]
    moved = known[known["from_segment"] != known["to_segment"]]
    if known.empty:
        return None
    month = formats.month(rows["month_end"].iloc[0])
    begun = formats.things(int(rows.loc[rows["from_segment"] == _NEW, "customers"].sum()), "customer")
    text = (
        f"In {month}, {formats.count(moved['customers'].sum())} of {formats.count(known['customers'].sum())} customers "
        f"changed segment, and {begun} bought for the first time."
    )
    if not moved.empty:
        first = moved.iloc[0]
        text += (
            f" The most money moved with {formats.things(int(first['customers']), 'customer')} from "
            f"{first['from_segment']} to {first['to_segment']}, who had spent "
            f"{formats.money(first['monetary_before'], snapshot.currency)}."
        )
    return Sentence(text, "movement")


def _to_do(snapshot: Snapshot) -> Sentence | None:
    """Say who became overdue in the last week: of whom it can still be heard why."""
    if not {"shop_rhythm", "customer_value"} <= snapshot.tables:
        return None
    found = snapshot.query(
        """
        with overdue as (

            select
                customers.segment,
                customers.recommended_action,
                rhythm.active_days,
                coalesce(customer_value.lifetime_value, 0) as lifetime_value
            from customer_segments as customers
            cross join shop_rhythm as rhythm
            left join customer_value on customers.customer_id = customer_value.customer_id
            where
                customers.recency_days > rhythm.active_days
                and customers.recency_days <= rhythm.active_days + $week
                and customers.frequency > 1

        )

        select
            segment,
            any_value(active_days) as active_days,
            count(*) as customers,
            sum(lifetime_value) as lifetime_value,
            mode(recommended_action) as recommended_action,
            sum(count(*)) over () as all_customers
        from overdue
        group by segment
        order by lifetime_value desc, segment
        """,
        {"week": WEEK},
    )
    if found.empty:
        return Sentence(f"Nobody who buys regularly became overdue in the last {WEEK} days.", "segments")
    first = found.iloc[0]
    return Sentence(
        f"{formats.things(int(first['all_customers']), 'customer')} became overdue in the last {WEEK} days, after "
        f"{formats.count(first['active_days'])} days without an order. Begin with the "
        f"{formats.count(first['customers'])} of {first['segment']}, who are still worth "
        f"{formats.money(first['lifetime_value'], snapshot.currency)}. {first['recommended_action']}",
        "segments",
        {"segment": first["segment"]},
    )


def _to_look_at(snapshot: Snapshot) -> Sentence | None:
    """Say what the latest campaign brought, or which warnings there are."""
    warnings = snapshot.manifest.get("warnings") or []
    if warnings:
        return Sentence(f"The build warns of {formats.things(len(warnings), 'thing')}: see below.", "data_quality")
    rows = campaigns.campaigns(snapshot)
    known = rows[rows["verdict_code"].notna()] if len(rows) else rows
    if known.empty:
        return None
    latest = known.iloc[0]
    amounts = [
        campaigns.total(latest[name], "revenue", snapshot.currency)
        for name in ("incremental_revenue", "incremental_revenue_low", "incremental_revenue_high")
    ]
    verdict = campaigns.VERDICTS.get(latest["verdict_code"], latest["verdict_code"])
    return Sentence(
        f"The latest campaign that can be measured, {latest['campaign']}, brought {amounts[0]}, in 19 cases of 20 "
        f"between {amounts[1]} and {amounts[2]}: {verdict}.",
        "campaigns",
        {"shown_campaign": latest["campaign"]},
    )
