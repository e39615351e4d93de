"""What customers are worth: the revenue to come, who brings it, who still buys, and how well it is foretold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import filters
import streamlit as st
from queries.segments import Members, profiles
from queries.selection import ANY_SEGMENT, Country
from shown import as_of, chart, escape, facts, table

from segmentation_charts import formats
from segmentation_charts import value as charts
from segmentation_charts.checks import reliability
from segmentation_charts.frames import value as frames
from segmentation_charts.frames.measures import money_title
from segmentation_charts.frames.segments import colors
from segmentation_charts.frames.value import Chosen
from segmentation_charts.published import Snapshot
from segmentation_charts.sales import by_month
from segmentation_charts.segments import share_bars


def draw(snapshot: Snapshot) -> None:
    """Draw the page."""
    st.title("Value")
    if not frames.is_published(snapshot):
        st.info("This version was published without what customers are worth. Build again.")
        return
    as_of(snapshot, f"What is expected is of {frames.span(snapshot)} unless it says otherwise.")
    _warnings(snapshot)
    segment_column, country_column = st.columns(2)
    with segment_column:
        every = profiles(snapshot)
        names = every.loc[every["kind"] == "cluster", "segment"].tolist()
        segment = st.selectbox("Segment", [ANY_SEGMENT, *names], key="value_segment", bind="query-params")
    with country_column:
        country = filters.choose_country(snapshot)
    chosen, words = _chosen(country, None if segment == ANY_SEGMENT else segment)
    totals = frames.totals(snapshot, chosen)
    if not totals["customers"]:
        st.markdown("No customer is chosen.")
        return
    if not totals["valued"]:
        st.info("Nothing is foretold of these customers.")
        for reason in frames.reasons(snapshot, chosen):
            st.markdown(f"- {escape(reason)}")
        return
    curve = frames.concentration(snapshot, chosen)
    _figures(snapshot, totals, None if curve.empty else frames.best_share(curve))
    _segments(snapshot, country, None if segment == ANY_SEGMENT else segment, bool(totals["is_anybody_leaving"]))
    counted = f"{formats.count(totals['valued'])} customers {words}"
    left, right = st.columns(2)
    with left:
        st.header("How few bring how much")
        if curve.empty:
            st.markdown("No revenue is expected of them.")
        else:
            best = frames.best_share(curve)
            chart(
                partial(charts.concentration, curve, best),
                f"Share of the revenue in {frames.span(snapshot)} that the best of {counted} bring. The best tenth "
                f"brings {formats.share(best, 0)}. Broken line: each brings the same.",
                curve,
            )
    with right:
        _matrix(snapshot, chosen, counted, bool(totals["is_anybody_leaving"]))
    _forecast(snapshot)
    _new_customers(snapshot, chosen, words)


def _chosen(country: Country, segment: str | None) -> tuple[Chosen, str]:
    if segment is None:
        return Chosen(country.condition, country.parameters), country.words
    members = Members(segment)
    condition = f"{country.condition} and {members.condition}"
    return Chosen(condition, {**country.parameters, **members.parameters}), f"{country.words} in {segment}"


def _warnings(snapshot: Snapshot) -> None:
    said = frames.warnings(snapshot)
    if said:
        st.warning("\n".join(f"- {escape(sentence)}" for sentence in said))


def _figures(snapshot: Snapshot, totals: Any, best: float | None) -> None:
    span = frames.span(snapshot)
    facts(
        {
            f"Revenue in {span}": formats.money(totals["expected_revenue"], snapshot.currency),
            f"Orders in {span}": formats.count(totals["expected_orders"]),
            f"Customers who buy in {span}": formats.count(totals["expected_buyers"]),
            "Lifetime value of all": formats.money(totals["lifetime_value"], snapshot.currency),
            "The best tenth brings": formats.share(best, 0),
        }
    )
    nobody = totals["customers"] - totals["valued"]
    without = f" Nothing is foretold of {formats.things(nobody, 'customer')}." if nobody else ""
    st.caption(
        "These customers alone: who is to come for the first time is not foretold. The lifetime value is what they "
        f"bring in {frames.horizon(snapshot)}, less interest, times the margin that the shop is set to.{without}"
    )


def _segments(snapshot: Snapshot, country: Country, segment: str | None, is_anybody_leaving: bool) -> None:
    st.header("Revenue to come by segment")
    rows = frames.by_segment(snapshot, Chosen(country.condition, country.parameters))
    shown = {name: color for name, color in colors(snapshot).items() if name in set(rows["segment"])}
    bars = frames.shares(rows)
    if not bars.empty:
        every = " All segments are shown here, whichever is chosen." if segment else ""
        chart(
            partial(share_bars, bars, shown),
            f"Share of each segment in what {formats.count(rows['customers'].sum())} customers {country.words} have "
            f"spent so far, and in what is expected of them in {frames.span(snapshot)}. Where the second "
            f"share is smaller, the segment is losing weight.{every}",
            bars[["panel", "segment", "share"]],
        )
    money = _money(snapshot)
    columns = {
        "segment": ("Segment", None),
        "customers": ("Customers", formats.count),
        "expected_revenue": ("Revenue to come", money),
        "expected_revenue_share": ("Share of it", formats.share),
        "expected_orders": ("Orders to come", formats.count),
        "expected_buyers": ("Customers who buy", formats.count),
    }
    if is_anybody_leaving:
        columns["alive_share"] = ("Share who still buy", formats.share)
    columns["lifetime_value_per_customer"] = ("Lifetime value of a customer", money)
    table(rows, columns, "What each segment is worth")


def _matrix(snapshot: Snapshot, chosen: Chosen, counted: str, is_anybody_leaving: bool) -> None:
    if is_anybody_leaving:
        st.header("Who still buys")
        title = "Probability that a customer still buys, in percent"
        caption = (
            f"How likely it is that {counted} still buy, in percent, by when they last bought and how often. Who "
            "bought often and has been silent for long is more surely gone than who bought once."
        )
    else:
        st.header("Who will buy")
        title = f"Probability of a purchase in {frames.span(snapshot)}, in percent"
        caption = (
            f"How likely it is that {counted} buy in {frames.span(snapshot)}, in percent, by when they last bought "
            "and how often. Nobody is seen to leave for good in this shop: the probability to still buy would be 100 "
            "for all, so the one to buy is shown in its place."
        )
    cells = frames.matrix(snapshot, chosen, is_anybody_leaving)
    chart(partial(charts.matrix, cells, title), caption, cells[["recency", "orders", "customers", "share"]])


def _forecast(snapshot: Snapshot) -> None:
    st.header("Forecast against what came")
    rows = frames.outcome(snapshot)
    if rows.empty:
        st.info("There is no day in the past to try it at: the history is too short, or the customers are too few.")
        return
    since, verdicts = rows["since"].iloc[0], frames.verdicts(rows)
    bars = frames.outcome_bars(rows)
    if bars.empty:
        st.markdown(verdicts)
    else:
        names = {frames.FORETOLD: charts.FORETOLD, frames.CAME: charts.CAME, frames.BEFORE: charts.BEFORE}
        chart(
            partial(share_bars, bars, names),
            f"Tried on the past: what was foretold on {since} of all customers with what was known then, what came, "
            f"and what the same customers had brought in as long a time before. {verdicts}",
            bars[["panel", "segment", "share"]].rename(columns={"segment": "what"}),
        )
    left, right = st.columns(2)
    groups = frames.outcome_of_groups(snapshot)
    with left:
        if not groups.empty:
            chart(
                partial(charts.ratios, groups),
                f"What was foretold on {since} by what came, of tenths of all customers (the best is that of whom the "
                "most was expected) and of the segments at that time. On the broken line it was right; "
                f"{formats.number(0.5)} is half of what came.",
                groups[["group", "measure", "ratio"]],
            )
    calibration = frames.calibration(snapshot)
    with right:
        if not calibration.empty:
            chart(
                partial(reliability, calibration, titles=("Probability to buy", "Share who bought")),
                f"Of {formats.count(calibration['customers'].sum())} customers, in ten groups by their probability to "
                f"buy on {since}: how many bought after it, with twice the standard error. On the broken line it was "
                "right; above it more bought than was foretold.",
                calibration[["expected", "value", "standard_error", "customers"]],
            )


def _new_customers(snapshot: Snapshot, chosen: Chosen, words: str) -> None:
    st.header("What new customers are worth")
    months = frames.new_customers(snapshot, chosen)
    parts = frames.parts_of_worth(months)
    chart(
        partial(
            by_month,
            parts,
            {frames.TO_COME: charts.FORETOLD, frames.BROUGHT: charts.BEFORE},
            money_title("Revenue of a customer", snapshot.currency),
        ),
        f"Of a customer {words} by the month of the first purchase: what has been brought so far, and what is to come "
        f"in {frames.horizon(snapshot)}. Earlier customers had more time to buy; the first month of the data also "
        "holds customers who were there before.",
        months[["month", "customers", "brought", "to_come"]],
    )
    money = _money(snapshot)
    table(
        months.iloc[::-1],
        {
            "month": ("First purchase", formats.month),
            "customers": ("Customers", formats.count),
            "brought": ("Brought so far by each", money),
            "to_come": ("To come of each", money),
            "lifetime_value": ("Lifetime value of each", money),
        },
        "What customers are worth by the month of their first purchase",
    )


def _money(snapshot: Snapshot) -> Callable[[Any], str]:
    return lambda amount: formats.money(amount, snapshot.currency)
