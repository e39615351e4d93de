"""Who moved from segment to segment."""

from __future__ import annotations

import datetime
from functools import partial

import filters
import streamlit as st
from queries import movement as queries
from queries.selection import Country, Period
from shown import as_of, chart, table

from segmentation_charts import formats
from segmentation_charts.frames.segments import colors
from segmentation_charts.movement import migration_matrix
from segmentation_charts.published import Snapshot
from segmentation_charts.sales import by_month
from segmentation_charts.style import NARROW


def draw(snapshot: Snapshot) -> None:
    """Draw the page."""
    st.title("Movement")
    as_of(snapshot, "Segments are those that customers were in at the ends of months, by the lines up to then.")
    country_column, period_column = st.columns([1, 2])
    with country_column:
        country = filters.choose_country(snapshot)
    with period_column:
        period = filters.choose_period(snapshot)
    months = queries.months(snapshot, period)
    if not months:
        st.info("There is no movement in these months: it takes the ends of two months (var `history_months`).")
        return
    _month(snapshot, country, months)
    _sizes(snapshot, country, period)


def _month(snapshot: Snapshot, country: Country, months: list[datetime.date]) -> None:
    st.header("From segment to segment")
    names = {formats.month(month): month for month in months}
    month = st.selectbox("Month", list(names), key="month", bind="query-params")
    moves = queries.migrations(snapshot, country, names[month])
    if moves.empty:
        st.markdown("No customer is chosen.")
        return
    of_segment = moves.groupby("from_segment")["customers"].transform("sum")
    moves = moves.assign(
        share=moves["customers"] / of_segment, label=[formats.count(number) for number in moves["customers"]]
    )
    is_new = moves["from_segment"] == "New customers"
    moved = moves[~is_new & (moves["from_segment"] != moves["to_segment"])]
    before, changed = moves.loc[~is_new, "customers"].sum(), moved["customers"].sum()
    st.markdown(
        f"Of {formats.count(before)} customers {formats.count(changed)} "
        f"({formats.share(changed / before if before else None)}) changed segment in {month}, and "
        f"{formats.count(moves.loc[is_new, 'customers'].sum())} bought for the first time."
    )
    chart(
        # Names of columns are turned, so that they fit on a phone too.
        partial(migration_matrix, moves, list(colors(snapshot)), NARROW),
        f"Customers {country.words} by the segment at the end of the month before {month} (rows) and at its end "
        "(columns); darker is a larger share of the row.",
        moves[["from_segment", "to_segment", "customers", "share"]],
    )
    st.subheader("Largest movements")
    table(
        moved.sort_values(["customers", "from_segment", "to_segment"], ascending=[False, True, True]).head(10),
        {
            "from_segment": ("From", None),
            "to_segment": ("To", None),
            "customers": ("Customers", formats.count),
            "share": ("Share of the segment they left", formats.share),
            "monetary": ("Spent up to then", lambda amount: formats.money(amount, snapshot.currency)),
        },
        f"Largest movements in {month}",
    )


def _sizes(snapshot: Snapshot, country: Country, period: Period) -> None:
    st.header("Segments by month")
    sizes = queries.sizes(snapshot, country, period)
    names = {name: color for name, color in colors(snapshot).items() if name in set(sizes["segment"])}
    rows = sizes.assign(month=[formats.month(month) for month in sizes["month_end"]], value=sizes["customers"])
    chart(
        partial(by_month, rows, names, "Customers"),
        f"Customers {country.words} in each segment at the ends of months {period.words}.",
        sizes[["month_end", "segment", "customers"]],
    )
