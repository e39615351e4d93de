"""How things are shown on every page: dates, figures, tables with words for columns, charts, texts of strangers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import altair as alt
import links
import pandas as pd
import pyarrow as pa
import streamlit as st

from segmentation_campaigns import lists
from segmentation_charts import formats
from segmentation_charts.published import Snapshot
from segmentation_charts.style import styled
from segmentation_charts.theme import DARK, LIGHT, Ink

_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)

# Charts that are kept, of some ten kilobytes each.
CHARTS = 1_000

# A column's heading, and how its values are written; None for text as it is.
Column = tuple[str, Callable[[Any], str] | None]


def as_of(snapshot: Snapshot, what: str) -> None:
    """Say as of which date the page is, and what it counts.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    what : str
        A sentence, as markdown.
    """
    date = pd.Timestamp(snapshot.manifest["as_of_date"])
    st.markdown(f"As of **{date.day} {date:%b %Y}**: what was bought before that day counts. {what}")


def table(frame: pd.DataFrame, columns: Mapping[str, Column], name: str, height: int | None = None) -> None:
    """Show rows as a table; texts are shown as they are, whatever they hold.

    Parameters
    ----------
    frame : DataFrame
        Some hundred rows at most.
    columns : mapping of str to Column
        The columns that are shown, in order.
    name : str
        What the table holds, for who can't see it.
    height : int, default as many rows as there are, up to ten
        In pixels.
    """
    shown = frame[list(columns)].rename(columns={column: label for column, (label, _) in columns.items()})
    written: dict[Any, Any] = {label: write for label, write in columns.values() if write}
    st.dataframe(
        shown.style.format(written),
        hide_index=True,
        height=height or "auto",
        alt=name,
        placeholder="–",  # noqa: RUF001
        column_config={
            label: links.column(column, label, frame[column].tolist(), name)
            for column, (label, _) in columns.items()
            if column in links.PAGES
        },
    )
    _download(shown, name)


def chart(figure: partial[Any], description: str, rows: pd.DataFrame) -> None:
    """Show a chart over the width that there is, with its data to download; the chart has a button for a PNG itself.

    Parameters
    ----------
    figure : partial
        The function that makes the chart, with all that it is made of: it is called once for the same. Colours of the
        chart's own stay; fonts and background are those of the page.
    description : str
        What it shows, for who can't see it and below it for who can.
    rows : DataFrame
        What is drawn, in columns that say by their names what they hold.
    """
    ink = replace(DARK if st.context.theme.type == "dark" else LIGHT, background="transparent")
    views = made(figure, ink)
    for column, view in zip(st.columns(len(views)), views, strict=True):
        with column:
            st.vega_lite_chart(view, width="stretch", theme=None, alt=description)
    st.caption(escape(description))
    _download(rows.rename(columns=lambda name: name.replace("_", " ").capitalize()), description)


def made(figure: partial[Any], ink: Ink) -> list[dict[str, Any]]:
    """Return the views of a chart as Vega-Lite, to be shown beside each other; those of the same chart from memory.

    Parameters
    ----------
    figure : partial
        As `chart` takes it.
    ink : Ink
        Of texts and axes.
    """
    name = f"{figure.func.__module__}.{figure.func.__qualname__}"
    return _made(figure, name, figure.args, figure.keywords, ink, formats.style())


# To make charts takes longer than all else of a page. What begins with _ is not looked at to tell them apart.
@st.cache_data(max_entries=CHARTS, show_spinner=False)
def _made(
    _figure: partial[Any],
    name: str,
    of: tuple[Any, ...],
    options: Mapping[str, Any],
    ink: Ink,
    numbers: str,
) -> list[dict[str, Any]]:
    whole = _figure()
    # Streamlit fits a single view to the width that there is, but not views beside each other.
    views = whole.concat if isinstance(whole, alt.ConcatChart) else [whole]
    # The tests hold every chart against its schema.
    return [styled(view, ink).configure_mark(aria=False).to_dict(validate=False) for view in views]


def _download(rows: pd.DataFrame, name: str) -> None:
    """Offer rows as a CSV file that a spreadsheet opens: plain numbers, and texts that are no formulas."""
    with st.container(horizontal_alignment="right"):
        st.download_button(
            "Data (CSV)",
            lambda: lists.to_spreadsheet(pa.Table.from_pandas(_with_days(rows), preserve_index=False)),
            file_name=f"{lists.slug(name[:60].rsplit(' ', 1)[0])}.csv",
            mime="text/csv",
            key=f"CSV {name}",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def _with_days(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with days where times are all midnight."""
    times = rows.select_dtypes("datetime")
    rows = rows.copy()
    for name in times:
        if (times[name].dropna() == times[name].dropna().dt.normalize()).all():
            rows[name] = times[name].dt.date
    return rows


def change(value: float) -> str:
    """Write by how much a number changed: +12, or with a true minus."""
    return formats.written(value, "+,.0f").replace("-", "\u2212") if value else "0"


def sentence(words: str) -> str:
    """Begin with a capital, separate thousands, and leave out names of columns and settings that are in brackets."""
    return thousands(words[:1].upper() + re.sub(r" \([a-z]+(_[a-z]+)+( is \w+)?\)", "", words[1:]))


def thousands(words: str) -> str:
    """Separate the thousands of numbers in a text; dates and decimals stay."""
    return re.sub(r"(?<![\w.,-])\d{4,}(?![\w.,-])", lambda number: formats.count(int(number[0])), words)


def escape(text: object) -> str:
    """Write a text of strangers in markdown, so that it is shown as it is.

    Parameters
    ----------
    text : object
        Such as a country or a customer id.

    Returns
    -------
    str
        On one line, and set apart in its direction of writing: what is written from the right moves nothing beside it.
        Addresses become no links.
    """
    line = re.sub(r"\s+", " ", str(text))
    # An invisible joiner, since backslashes do not keep addresses from being linked.
    line = re.sub(r"://|\.|@", lambda mark: f"\u2060{mark[0]}", line) if _ADDRESS.search(line) else line
    return "\u2068" + re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line) + "\u2069"


def heading(text: object, level: int = 3) -> None:
    """Show a text of strangers as a heading.

    Parameters
    ----------
    text : object
        Such as a customer id.
    level : int, default 3
        Of the heading, 1 to 6.
    """
    st.html(f'<h{level} dir="auto" style="overflow-wrap: anywhere">{html.escape(str(text))}</h{level}>')


def facts(values: Mapping[str, str]) -> None:
    """Show figures with what they count, side by side as far as there is room.

    Parameters
    ----------
    values : mapping of str to str
        What is counted, to the figure as it is written.
    """
    with st.container(horizontal=True):
        for label, value in values.items():
            st.metric(label, value, width="content")
