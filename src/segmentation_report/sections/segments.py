"""The segments: what they are, how many, what they bring and send back."""

from __future__ import annotations

from functools import partial

from segmentation_charts import formats, sales, segments
from segmentation_charts.frames import sales as sales_frames
from segmentation_charts.frames import segments as frames
from segmentation_charts.frames.measures import customers, money_title
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Figure, Note, Section, Table


def section(snapshot: Snapshot) -> Section:
    """Return the section on what the segments are and buy."""
    parts: list[Figure | Table | Note] = [_table(snapshot), _sizes(snapshot), *_sales(snapshot), _returns(snapshot)]
    return Section(
        "segments",
        "What the segments bring",
        "How many customers each segment has, what they spend and when, and what they send back.",
        parts,
    )


def _table(snapshot: Snapshot) -> Table:
    rows = [
        (
            row["segment"],
            formats.count(row["customers"]),
            formats.share(row["customer_share"]),
            formats.money(row["revenue"], snapshot.currency),
            formats.share(row["revenue_share"]),
            formats.number(row["median_recency_days"], 0),
            formats.number(row["median_frequency"], 0),
            formats.money(row["median_monetary"], snapshot.currency),
            formats.share(row["median_return_rate"]),
            formats.share(row.get("name_precision")),
        )
        for row in frames.profiles(snapshot).to_dict("records")
    ]
    header = (
        *("Segment", "Customers", "Share", "Revenue", "Share of revenue"),
        *("Days since last purchase", "Orders", "Spent", "Return rate", "Name is true of"),
    )
    return Table(
        "Segments in numbers",
        "Days, orders, amounts and return rates are those of the median customer. The last column is the share of the "
        "customers of whom all is true that the name says of each. "
        f"From {formats.count(customers(snapshot))} customers.",
        header,
        rows,
        frozenset(range(1, 10)),
    )


def _sizes(snapshot: Snapshot) -> Figure:
    return Figure(
        "segment-sizes",
        "Sizes and revenue",
        "Share of the customers, and share of what all of them spent, before returns, of each segment. "
        f"From {formats.count(customers(snapshot))} customers.",
        partial(segments.share_bars, frames.sizes_and_revenue(snapshot), frames.current_colors(snapshot)),
    )


def _sales(snapshot: Snapshot) -> list[Figure]:
    frame, colors = sales_frames.by_month(snapshot), frames.colors(snapshot)
    if frame.empty:
        return []
    open_month = sales_frames.open_month(snapshot)
    as_of = "By the segment at the end of the month, not by that of today."
    note = f"{as_of} {open_month} is not complete." if open_month else as_of
    counted = f"From {formats.count(customers(snapshot))} customers."
    per_customer = frame["revenue_per_customer"]
    shown = {s: c for s, c in colors.items() if s in set(frame["segment"])}
    return [
        Figure(
            "spending-by-month",
            "Revenue by month and segment",
            f"Before returns. {note} {counted}",
            partial(
                sales.by_month,
                frame.assign(value=frame["revenue"]),
                shown,
                money_title("Revenue", snapshot.currency),
            ),
        ),
        Figure(
            "spending-per-customer",
            "What a buying customer spends in a month",
            f"Revenue over the customers who bought in the month, on a logarithmic axis. {note} {counted}",
            partial(
                sales.lines_by_month,
                frame.assign(value=per_customer.where(per_customer > 0)),
                shown,
                money_title("Revenue per customer", snapshot.currency),
            ),
        ),
    ]


def _returns(snapshot: Snapshot) -> Figure:
    return Figure(
        "return-rates",
        "Returns",
        "Returned over purchased value in products, cancellations included; the share of customers with any return; "
        "and the share of high returners, whose rate without cancellations is high for as many orders as they placed. "
        f"From {formats.count(customers(snapshot))} customers.",
        partial(segments.share_bars, frames.return_rates(snapshot), frames.current_colors(snapshot)),
    )
