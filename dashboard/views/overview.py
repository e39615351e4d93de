"""The state of the shop: customers, revenue, segments, what changed, and whether the data can be trusted."""

from __future__ import annotations

from functools import partial

import filters
import pandas as pd
import streamlit as st
from queries import overview as queries
from queries.selection import Country, Period
from shown import as_of, change, chart, escape, facts, table, thousands
from snapshots import before

from segmentation_charts import formats
from segmentation_charts.frames.measures import money_title
from segmentation_charts.frames.segments import colors
from segmentation_charts.frames.value import span
from segmentation_charts.frames.week import sentences
from segmentation_charts.published import Snapshot
from segmentation_charts.sales import by_month
from segmentation_charts.segments import share_bars


def draw(snapshot: Snapshot) -> None:
    """Draw the page."""
    st.title("Overview")
    as_of(snapshot, "A customer is who bought something.")
    _week(snapshot)
    country_column, period_column = st.columns([1, 2])
    with country_column:
        country = filters.choose_country(snapshot)
    with period_column:
        period = filters.choose_period(snapshot)
    if not country.is_all and "country_sales" not in snapshot.tables:
        st.info("This version was published without sales by country: those shown are of all countries.")
        sales = queries.sales(snapshot, Country(), period)
    else:
        sales = queries.sales(snapshot, country, period)
    segments = queries.segments(snapshot, country)
    _figures(snapshot, segments, sales, period, queries.revenue_to_come(snapshot, country))
    _segments(snapshot, segments, country)
    _sales(snapshot, sales, country, period)
    changes, trust = st.columns(2)
    with changes:
        _changes(snapshot)
    with trust:
        _trust(snapshot)


def _week(snapshot: Snapshot) -> None:
    st.header("This week")
    pages = st.session_state["pages"]
    for sentence in sentences(snapshot):
        st.markdown(escape(sentence.text))
        page = pages[sentence.page]
        st.page_link(page, label=f"More on the page {page.title}", query_params=sentence.chosen or None)


def _figures(
    snapshot: Snapshot, segments: pd.DataFrame, sales: pd.DataFrame, period: Period, to_come: float | None
) -> None:
    orders, revenue = sales["orders"].sum(), sales["revenue"].sum()
    figures = {
        "Customers": formats.count(segments["customers"].sum()),
        f"Revenue {period.words}": formats.money(revenue, snapshot.currency),
        f"Orders {period.words}": formats.count(orders),
        "Average order": formats.money(revenue / orders if orders else None, snapshot.currency, 2),
        "Came back": formats.money(sales["returned_value"].sum(), snapshot.currency),
    }
    caption = "Revenue is the value of products sold, before returns; what came back is counted in its own month."
    if to_come is not None:
        figures[f"Revenue expected in {span(snapshot)}"] = formats.money(to_come, snapshot.currency)
        caption += " What is expected is of today's customers; the page Value says how far that can be believed."
    facts(figures)
    st.caption(caption)


def _segments(snapshot: Snapshot, segments: pd.DataFrame, country: Country) -> None:
    st.header("Segments")
    if segments.empty:
        st.markdown("No customer is chosen.")
        return
    panels = {"Share of customers": "customer_share", "Share of revenue": "revenue_share"}
    bars = pd.concat(
        segments[["segment"]].assign(
            panel=panel, share=segments[column], label=[formats.share(share) for share in segments[column]]
        )
        for panel, column in panels.items()
    )
    shown = {name: color for name, color in colors(snapshot).items() if name in set(segments["segment"])}
    customers = formats.count(segments["customers"].sum())
    chart(
        partial(share_bars, bars.dropna(subset="share"), shown),
        f"Share of each segment in the {customers} customers {country.words}, and in all that they ever spent.",
        segments[["segment", *panels.values()]],
    )
    earlier = before(snapshot)
    columns = {
        "segment": ("Segment", None),
        "customers": ("Customers", formats.count),
        "revenue": ("Revenue", lambda amount: formats.money(amount, snapshot.currency)),
    }
    if earlier is not None:
        old = queries.segments(earlier, country).set_index("segment")["customers"]
        segments = segments.assign(change=segments["customers"] - segments["segment"].map(old).fillna(0))
        columns["change"] = ("Customers since the last build", change)
    table(segments, columns, "Customers and revenue of each segment")


def _sales(snapshot: Snapshot, sales: pd.DataFrame, country: Country, period: Period) -> None:
    st.header("Revenue by month")
    rows = sales.dropna(subset="segment")
    if rows.empty:
        st.markdown("Nothing was sold.")
        return
    names = colors(snapshot)
    named = rows.assign(month=[formats.month(month) for month in rows["month"]], value=rows["revenue"])
    used = {name: color for name, color in names.items() if name in set(rows["segment"])}
    chart(
        partial(by_month, named, used, money_title("Revenue", snapshot.currency)),
        f"Revenue {period.words} of customers {country.words}, by the segment that they were in at the end of the "
        "month; the month that the data end in may not be over.",
        rows[["month", "segment", "revenue"]],
    )


def _changes(snapshot: Snapshot) -> None:
    st.header("Since the last build")
    changes = snapshot.manifest.get("changes")
    if not changes:
        st.markdown("There is no earlier version to compare with.")
        return
    st.markdown(
        f"- {formats.things(changes['customers_gained'], 'new customer')}, "
        f"{formats.count(changes['customers_lost'])} gone\n"
        f"- {formats.things(changes['customers_moved'], 'customer')} in another segment\n"
        f"- {formats.things(changes['files_gained'], 'new file')}, {formats.count(changes['files_changed'])} changed, "
        f"{formats.count(changes['files_lost'])} gone"
    )


def _trust(snapshot: Snapshot) -> None:
    st.header("Freshness and audit")
    manifest, account, verdicts = snapshot.manifest, queries.account(snapshot), queries.verdicts(snapshot)
    published, last = pd.Timestamp(manifest["published_at"]), pd.Timestamp(manifest["last_invoice_date"])
    checks = sum(verdicts.values())
    missed = verdicts.get("warn", 0) + verdicts.get("fail", 0)
    lines = [
        f"The data end on **{formats.date(last)}**; they were published on {formats.date(published)} at "
        f"{published:%H:%M} UTC, when all tests had passed.",
        f"{formats.count(account['rows_read'])} rows of "
        f"{formats.things(account['files'], 'file')} were read: "
        f"{formats.count(account['rows_accepted'])} accepted, {formats.count(account['rows_rejected'])} rejected. "
        + ("**Every row and every penny is accounted for.**" if account["is_closed"] else "**The account is open.**"),
        f"Of {formats.count(checks)} checks of the segments {formats.count(checks - missed)} passed.",
        *(f"Warning: {escape(thousands(_in_style(warning)))}" for warning in manifest["warnings"]),
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _in_style(warning: str) -> str:
    """Write the numbers of a check in the style that is set; what is quoted from files stays as it is there."""
    return formats.prose(warning) if warning.startswith("segmentation_quality") else warning
