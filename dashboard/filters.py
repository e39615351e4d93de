"""Lets the reader choose what a page is narrowed down to."""

from __future__ import annotations

import datetime

import streamlit as st
from queries.selection import ALL, UNKNOWN, Country, Period

from segmentation_charts import formats
from segmentation_charts.published import Snapshot


def choose_country(snapshot: Snapshot) -> Country:
    """Let the reader choose a country; the choice holds on all pages.

    Parameters
    ----------
    snapshot : Snapshot
        Its customers' countries, the largest first, can be chosen.
    """
    names = snapshot.query(
        "select country, count(*) as customers from customer_segments group by country order by customers desc, country"
    )["country"].tolist()
    options = [ALL, *(UNKNOWN if name is None else name for name in names)]
    return Country(_choose("Country", options, "country", 0))


def choose_period(snapshot: Snapshot) -> Period:
    """Let the reader choose months; the choice holds on all pages.

    Parameters
    ----------
    snapshot : Snapshot
        The months that it has sales of can be chosen.
    """
    months = [month.date() for month in snapshot.query("select distinct month from segment_sales order by 1")["month"]]
    if not months:
        months = [datetime.date.fromisoformat(snapshot.manifest["as_of_date"]).replace(day=1)]
    from_column, to_column = st.columns(2)
    with from_column:
        first = _choose("From", [formats.month(month) for month in months], "first_month", 0)
    with to_column:
        last = _choose("To", [formats.month(month) for month in months], "last_month", len(months) - 1)
    named = {formats.month(month): month for month in months}
    return Period(*sorted((named[first], named[last])))


def _choose(label: str, options: list[str], key: str, default: int) -> str:
    # What is in the address holds on all pages, and for whom the address is sent to.
    return st.selectbox(label, options, index=default, key=key, bind="query-params")
