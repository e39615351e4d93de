"""One customer: found by a part of the id, with what was bought, how the segment changed, and who is alike."""

from __future__ import annotations

from functools import partial

import filters
import pandas as pd
import streamlit as st
from queries import customers as queries
from queries.segments import profiles
from queries.selection import ANY_SEGMENT, UNKNOWN, Period
from shown import as_of, chart, escape, facts, heading, table

from segmentation_charts import formats
from segmentation_charts.customers import history
from segmentation_charts.frames.measures import money_title
from segmentation_charts.frames.segments import colors
from segmentation_charts.frames.value import horizon, span
from segmentation_charts.published import Snapshot


def draw(snapshot: Snapshot) -> None:
    """Draw the page."""
    st.title("Customers")
    as_of(snapshot, "Recency counts days up to then, orders and money all before it.")
    text_column, segment_column, country_column = st.columns(3)
    with text_column:
        text = st.text_input("Customer id, or a part of it", key="search").strip()
    with segment_column:
        every = profiles(snapshot)
        names = every.loc[every["kind"] == "cluster", "segment"].tolist()
        segment = st.selectbox("Segment", [ANY_SEGMENT, *names], key="customer_segment", bind="query-params")
    with country_column:
        country = filters.choose_country(snapshot)
    found = queries.search(snapshot, text, country, None if segment == ANY_SEGMENT else segment)
    if found.empty:
        st.info("No customer is found.")
        return
    total = int(found["found"].iloc[0])
    most = f", of whom the {len(found)} who spent the most can be chosen" if total > len(found) else ""
    st.markdown(f"{formats.things(total, 'customer is', 'customers are')} found{most}.")
    with st.expander("List of those found"):
        _list(snapshot, found, "Customers that were found")
    customer_id = st.selectbox("Customer", found["customer_id"].tolist(), key="customer")
    _customer(snapshot, customer_id)


def _customer(snapshot: Snapshot, customer_id: str) -> None:
    customer = queries.profile(snapshot, customer_id)
    heading(customer_id, 2)
    facts(
        {
            "Segment": str(customer["segment"]),
            "Confidence": formats.share(customer["segment_confidence"], 0),
            "Days since the last purchase": formats.count(customer["recency_days"]),
            "Orders": formats.count(customer["frequency"]),
            "Spent": formats.money(customer["monetary"], snapshot.currency),
            "Sent back": formats.share(customer["return_rate"]),
        }
    )
    _value(snapshot, customer_id)
    since = formats.date(customer["segment_since"])
    earlier = customer["previous_segment"]
    before = f", before that in {escape(earlier)}" if isinstance(earlier, str) else ""
    country = customer["country"] if isinstance(customer["country"], str) else UNKNOWN
    st.markdown(
        f"In {escape(customer['segment'])} since {since}{before}. {escape(country)}; first purchase "
        f"{formats.date(customer['first_purchase_date'])}, last {formats.date(customer['last_purchase_date'])}. "
        f"RFM score {customer['rfm_score']} (5 is best): {escape(customer['rfm_segment'])}."
        + (" A high returner." if customer["is_high_return"] else "")
    )
    st.markdown(f"**What to do.** {escape(customer['recommended_action'])}")
    _recommendations(snapshot, customer_id)
    period = filters.choose_period(snapshot)
    _history(snapshot, customer_id, period)
    _purchases(snapshot, customer_id, period)
    st.header("Most alike")
    st.markdown(
        "The customers nearest in what the segments are made of: 0 is equal, 1 is far apart in one measure. The "
        "largest and smallest values count as capped, as they do for the model."
    )
    _list(snapshot, queries.nearest(snapshot, customer_id), "The customers who are most alike", with_distance=True)


def _value(snapshot: Snapshot, customer_id: str) -> None:
    worth = queries.value(snapshot, customer_id)
    if worth is None:
        return
    if isinstance(worth["no_value_reason"], str):
        st.markdown(f"**Nothing is foretold.** {escape(worth['no_value_reason'])}")
        return

    def money(amount: float) -> str:
        return formats.money(amount, snapshot.currency)

    time = span(snapshot)
    facts(
        {
            f"Probability to buy in {time}": formats.share(worth["probability_to_buy"], 0),
            f"Revenue in {time}": money(worth["expected_revenue"]),
            "Lifetime value": money(worth["lifetime_value"]),
            "Lies between": f"{money(worth['lifetime_value_low'])} and {money(worth['lifetime_value_high'])}",
            "Rank": f"{formats.count(worth['value_rank'])} of {formats.count(worth['valued_customers'])}",
        }
    )
    st.caption(
        f"The lifetime value is what the customer is still worth in {horizon(snapshot)}. It lies between the two in "
        "nine cases of ten: for one customer much is chance. The rank is by lifetime value."
    )


def _recommendations(snapshot: Snapshot, customer_id: str) -> None:
    rows = queries.recommendations(snapshot, customer_id)
    if rows.empty:
        return
    st.header("What to offer")
    reasons = [
        f"bought with {reason or code}" if basis == "bought_with" else "a best seller of the segment"
        for basis, reason, code in zip(
            rows["basis"], rows["reason_description"].fillna(""), rows["reason_product_code"], strict=True
        )
    ]
    table(
        rows.assign(reason=reasons),
        {"product_code": ("Code", None), "description": ("Product", None), "reason": ("Why", None)},
        "Products to offer to the customer, the first one first",
    )
    st.caption("Products that the customer has not bought. What they are bought with, the customer has.")


def _history(snapshot: Snapshot, customer_id: str, period: Period) -> None:
    st.header("Segments by month")
    rows = queries.history(snapshot, customer_id, period)
    if rows.empty:
        st.markdown("There is no month end in the period at which this was a customer.")
        return
    rows = rows.assign(month=[formats.month(month) for month in rows["month_end"]])
    used = {name: color for name, color in colors(snapshot).items() if name in set(rows["segment"])}
    chart(
        partial(history, rows, used, money_title("Spent up to then", snapshot.currency)),
        f"What the customer had spent by the end of each month {period.words}, in the colour of the segment then.",
        rows[["month_end", "segment", "monetary"]],
    )


def _purchases(snapshot: Snapshot, customer_id: str, period: Period) -> None:
    st.header("Purchases")
    if "invoice_lines" not in snapshot.tables:
        st.info(f"The lines were not published: {snapshot.manifest['left_out'].get('invoice_lines')}.")
        return

    def money(amount: float) -> str:
        return formats.money(amount, snapshot.currency, 2)

    invoices, products = queries.purchases(snapshot, customer_id, period)
    st.caption(f"Invoices {period.words}, the latest first; 100 at most.")
    table(
        invoices,
        {
            "invoiced_at": ("Date", formats.date),
            "invoice_id": ("Invoice", None),
            "products": ("Products", formats.count),
            "bought": ("Bought", money),
            "returned": ("Sent back", money),
            "other": ("Charges", money),
        },
        "Invoices of the customer",
    )
    st.subheader("Products they spent the most on")
    table(
        products,
        {
            "product_code": ("Code", None),
            "description": ("Product", None),
            "orders": ("Orders", formats.count),
            "quantity": ("Units", formats.count),
            "bought": ("Bought", money),
        },
        "Products that the customer spent the most on",
    )


def _list(snapshot: Snapshot, customers: pd.DataFrame, name: str, with_distance: bool = False) -> None:
    columns = {
        "customer_id": ("Customer", None),
        "segment": ("Segment", None),
        "country": ("Country", None),
        "recency_days": ("Days since the last purchase", formats.count),
        "frequency": ("Orders", formats.count),
        "monetary": ("Spent", lambda amount: formats.money(amount, snapshot.currency)),
    }
    if "lifetime_value" in customers:
        columns["probability_to_buy"] = ("Probability to buy", formats.share)
        columns["expected_revenue"] = ("Expected", lambda amount: formats.money(amount, snapshot.currency))
        columns["lifetime_value"] = ("Lifetime value", lambda amount: formats.money(amount, snapshot.currency))
    if with_distance:
        columns["distance"] = ("Distance", lambda distance: formats.number(distance, 2))
    table(customers, columns, name)
