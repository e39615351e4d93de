"""One segment: what it is, where its customers rank among everybody, what to do, and the list to do it with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import filters
import pandas as pd
import streamlit as st
from queries import segments as queries
from queries.segments import Members
from queries.selection import UNKNOWN, Country
from shown import as_of, chart, escape, facts, table

from segmentation_charts import formats
from segmentation_charts.attributes import times_as_frequent
from segmentation_charts.customers import against_everybody
from segmentation_charts.frames import attributes as attribute_frames
from segmentation_charts.frames import products
from segmentation_charts.frames import value as value_frames
from segmentation_charts.frames.campaigns import of_segment
from segmentation_charts.frames.segments import colors
from segmentation_charts.published import Snapshot
from segmentation_charts.theme import OVERLAY

PRODUCT = {"product_code": ("Code", None), "description": ("Product", None)}


def draw(snapshot: Snapshot) -> None:
    """Draw the page."""
    st.title("Segments")
    as_of(snapshot, "Every customer is in exactly one segment; high returners are in any.")
    profiles = queries.profiles(snapshot).set_index("segment")
    segment_column, country_column = st.columns(2)
    with segment_column:
        name = st.selectbox("Segment", profiles.index.tolist(), key="segment", bind="query-params")
    with country_column:
        country = filters.choose_country(snapshot)
    profile = profiles.loc[name]
    members = Members(name, is_overlay=profile["kind"] == "overlay")
    # Where nobody is seen to leave for good the probability says nothing.
    is_anybody_leaving = bool((profiles.get("median_probability_alive", pd.Series(dtype=float)) < 1).any())
    _profile(snapshot, profile, members, is_anybody_leaving)
    _attributes(snapshot, members)
    _comparison(snapshot, members, country)
    _countries(snapshot, members)
    _products(snapshot, members)
    _campaigns(snapshot, profile)


def _profile(snapshot: Snapshot, profile: pd.Series[Any], members: Members, is_anybody_leaving: bool) -> None:
    st.header(escape(members.segment))
    figures = {
        "Customers": formats.count(profile["customers"]),
        "Share of customers": formats.share(profile["customer_share"]),
        "Revenue": formats.money(profile["revenue"], snapshot.currency),
        "Share of revenue": formats.share(profile["revenue_share"]),
    }
    # Versions of earlier releases do not say it, and of some shops nothing is foretold.
    if not formats.is_none(profile.get("expected_revenue")):
        span = value_frames.span(snapshot)
        figures[f"Revenue in {span}"] = formats.money(profile["expected_revenue"], snapshot.currency)
        figures["Share of that"] = formats.share(profile["expected_revenue_share"])
        if is_anybody_leaving:
            figures["Still buys (median customer)"] = formats.share(profile["median_probability_alive"])
    facts(figures)
    st.markdown(escape(formats.prose(profile["explanation"])))
    st.markdown(
        f"**What to do.** {escape(profile['recommended_action'])}\n\n"
        f"**Goal.** {escape(profile['goal'])}\n\n"
        f"**The name claims:** {escape(profile['claim'])}.{_precision(profile)}"
    )
    st.caption("These figures are of all countries.")


def _precision(profile: pd.Series[Any]) -> str:
    precision = profile.get("name_precision")
    if precision is None or pd.isna(precision):
        return ""
    return f" What it says of each customer is true of {formats.share(precision)} of them."


def _attributes(snapshot: Snapshot, members: Members) -> None:
    names = attribute_frames.compared(snapshot, members.segment)
    if not names:
        return
    st.header("Who they are")
    rows = attribute_frames.distinguishing(snapshot)
    rows = rows[rows["segment"] == members.segment]
    compared = (
        f"Compared with all customers in {escape(', '.join(names[:12]))}{' and others' if len(names) > 12 else ''}"
    )
    if rows.empty:
        st.markdown(f"{compared}: nothing distinguishes them beyond chance.")
        return
    st.markdown(f"{compared}. This distinguishes them beyond chance, what does so most first.")
    header = attribute_frames.HEADER
    frame = pd.DataFrame([attribute_frames.written(row) for row in rows.to_dict("records")], columns=list(header))
    table(frame, {name: (name, None) for name in header}, "Attributes that distinguish the customers of the segment")
    times = attribute_frames.times(rows.head(12))
    if not times.empty:
        color = OVERLAY if members.is_overlay else colors(snapshot)[members.segment]
        known = rows.iloc[0]
        inside, everybody = (formats.count(known[column]) for column in ("customers_known", "all_customers_known"))
        chart(
            partial(times_as_frequent, times, color),
            f"{formats.prose(attribute_frames.CAPTION)} From {inside} customers of the segment and {everybody} in all "
            f"of whom {known['attribute']} is known.",
            times[["name", "times", "low", "high"]],
        )
    else:
        st.caption(formats.prose(attribute_frames.CAPTION))


def _comparison(snapshot: Snapshot, members: Members, country: Country) -> None:
    st.header("Beside everybody")
    medians = queries.medians(snapshot, members, country)
    inside, everybody = (medians[medians["is_member"] == side].iloc[0] for side in (True, False))
    if not inside["customers"]:
        st.markdown("No customer is chosen.")
        return
    money = money_writer(snapshot)
    writers: dict[str, tuple[str, Callable[[Any], str]]] = {
        "recency_days": ("Days since the last purchase", formats.count),
        "frequency": ("Orders", formats.count),
        "monetary": ("Spent", money),
        "avg_order_value": ("Average order", money),
        "tenure_days": ("Days since the first purchase", formats.count),
        "return_rate": ("Share of it sent back", formats.share),
    }
    rows = [
        {"measure": label, "inside": write(inside[measure]), "everybody": write(everybody[measure])}
        for measure, (label, write) in writers.items()
    ]
    table(
        pd.DataFrame(rows),
        {
            "measure": ("Median customer", None),
            "inside": (formats.text(members.segment, 30), None),
            "everybody": ("Everybody", None),
        },
        "The median customer of the segment beside that of everybody",
    )
    measure = st.selectbox(
        "Measure", list(writers), format_func=lambda name: writers[name][0], index=2, key="measure", bind="query-params"
    )
    label, write = writers[measure]
    edges = queries.edges(snapshot, measure)
    shares = queries.distribution(snapshot, members, country, measure, edges)
    names = [f"up to {write(edges[0])}"]
    names += [f"to {write(edge)}" for edge in edges[1:]] + [f"above {write(edges[-1])}"]
    shares = shares.assign(range=names)
    color = OVERLAY if members.is_overlay else colors(snapshot)[members.segment]
    chart(
        partial(against_everybody, shares, formats.text(members.segment, 30), color, label),
        f"{label}: share of the {formats.count(inside['customers'])} customers of the segment, and of all "
        f"{formats.count(everybody['customers'])} customers {country.words}, in each range.",
        shares[["range", "member_share", "everybody_share"]],
    )


def _countries(snapshot: Snapshot, members: Members) -> None:
    countries = queries.countries(snapshot, members)
    if countries["country"].notna().sum() == 0:
        return
    st.subheader("Where they are from")
    table(
        countries.assign(country=countries["country"].fillna(UNKNOWN)),
        {
            "country": ("Country", None),
            "customers": ("Customers", formats.count),
            "revenue": ("Revenue", money_writer(snapshot)),
        },
        "Countries of the customers of the segment",
    )


def _products(snapshot: Snapshot, members: Members) -> None:
    bought = pd.DataFrame() if members.is_overlay else products.bought(snapshot, members.segment)
    offered = products.offered(snapshot, members.condition, members.parameters)
    if not bought.empty:
        st.header("What they like")
        if products.has_categories(snapshot):
            _categories(snapshot, members.segment)
        _liked(snapshot, members.segment)
        st.subheader("What most of them buy")
        table(
            bought,
            {
                **PRODUCT,
                "customers": ("Customers", formats.count),
                "customer_share": ("Share of the segment", formats.share),
                "revenue": ("Revenue", money_writer(snapshot)),
            },
            "Products that most customers of the segment bought",
        )
    if not offered.empty:
        st.header("What to offer")
        st.markdown(
            "What is recommended to most of them: each customer has five products that they have not bought. Those of "
            "one customer, with the reason, are on the page Customers; all are in the table customer_recommendations."
        )
        table(
            offered,
            {
                **PRODUCT,
                "customers": ("Recommended to", formats.count),
                "first_customers": ("As the first", formats.count),
            },
            "Products that are recommended to customers of the segment",
        )


def _liked(snapshot: Snapshot, segment: str) -> None:
    rows = products.liked(snapshot, segment)
    if rows.empty:
        st.markdown("No product is bought by more of its customers than chance explains.")
        return
    st.markdown(
        "Products that more of its customers bought than other customers with as many products did, and more than "
        "chance explains; 1 is as many."
    )
    table(
        rows,
        {
            **PRODUCT,
            "customers": ("Customers", formats.count),
            "customer_share": ("Share of the segment", formats.share),
            "times_as_frequent": ("Times as many", lambda times: formats.number(times, 1)),
            "revenue": ("Revenue", money_writer(snapshot)),
        },
        "Products that the segment likes",
    )


def _categories(snapshot: Snapshot, segment: str) -> None:
    rows = products.liked_categories(snapshot, segment)
    if rows.empty:
        st.markdown("No category is bought from more often than chance explains.")
        return
    st.markdown(
        "Categories that its customers buy from more often than all customers do, and more than chance explains. A "
        "purchase is a product on an invoice."
    )
    table(
        rows,
        {
            "category": ("Category", lambda category: formats.text(category, 40)),
            "customers": ("Customers", formats.count),
            "purchase_share": ("Share of their purchases", formats.share),
            "purchase_share_in_all": ("Of all customers'", formats.share),
            "times_as_frequent": ("Times as often", lambda times: formats.number(times, 1)),
            "revenue": ("Revenue", money_writer(snapshot)),
        },
        "Categories that the segment likes",
    )


def _campaigns(snapshot: Snapshot, profile: pd.Series[Any]) -> None:
    st.header("Campaigns")
    past = of_segment(profile.to_dict(), snapshot.currency)
    if past:
        st.markdown(escape(past))
    st.markdown(
        "Whom to write to, whom to leave out so that the effect can be measured, and what it brought, is on the page "
        "Campaigns."
    )
    st.page_link(
        st.session_state["pages"]["campaigns"],
        label="Plan a campaign of this segment",
        query_params={"campaign_segment": str(profile.name)},
    )


def money_writer(snapshot: Snapshot) -> Callable[[Any], str]:
    """Return what writes amounts of the shop."""
    return lambda amount: formats.money(amount, snapshot.currency)
