"""Leads from a name in a table to the page about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from queries.segments import profiles
from queries.selection import ALL, ANY_SEGMENT
from snapshots import current

# Columns of names, with the page about them, and what is chosen there by the address. A customer is in no address.
PAGES = {
    "segment": ("segments", "segment"),
    "from_segment": ("segments", "segment"),
    "to_segment": ("segments", "segment"),
    "campaign": ("campaigns", "shown_campaign"),
    "customer_id": ("customers", None),
}
_LED_TO = "led to"


def column(name: str, label: str, names: Sequence[str], table: str) -> Any:
    """Return how a column of names is shown: a click on one opens its page.

    Parameters
    ----------
    name : str
        Of the column, one of `PAGES`.
    label : str
        Its heading.
    names : sequence of str
        What it holds. They are shown as they are, and reach an address only as the value of a parameter.
    table : str
        What the table is called; no other one of the page is.
    """
    key = f"{table}, {label}"
    return st.column_config.ButtonColumn(
        f"{label} →",
        help="A click on a name opens its page.",
        type="tertiary",
        alignment="left",
        key=key,
        on_click=_choose,
        args=(key, name, list(names)),
    )


def follow(pages: dict[str, Any], shown: Any) -> None:
    """Go to the page that a click on a name leads to; asked before a page is drawn.

    Parameters
    ----------
    pages : dict of str to Page
        The pages of the dashboard.
    shown : Page
        The one that would be drawn.
    """
    if _LED_TO in st.session_state:
        page, parameters = st.session_state.pop(_LED_TO)
        if pages[page] is not shown:
            st.switch_page(pages[page], query_params=parameters)


def _choose(key: str, column: str, names: list[str]) -> None:
    name = names[st.session_state[key]["row"]]
    page, parameter = PAGES[column]
    if parameter is None:
        chosen = {"search": name, "customer": name, "customer_segment": ANY_SEGMENT, "country": ALL}
    elif page == "segments" and name not in set(profiles(current())["segment"]):
        st.toast("Nobody is in it today: it has no page.")
        return
    else:
        chosen = {parameter: name}
    st.session_state.update(chosen)
    st.session_state[_LED_TO] = page, {parameter: name} if parameter else {}
