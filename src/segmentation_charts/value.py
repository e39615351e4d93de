"""Charts of what customers will bring, and of how well it was told before."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts.parts import PERCENT, cells, is_narrow, log_axis
from segmentation_charts.style import WIDE
from segmentation_charts.theme import NEUTRAL, PALETTE

# What is foretold, what came, and what came before: the same colours in each chart.
FORETOLD, CAME, BEFORE = PALETTE[0], PALETTE[1], NEUTRAL
_MEASURES = {"Orders": PALETTE[0], "Revenue": PALETTE[4]}


def concentration(frame: pd.DataFrame, best: float, width: float = WIDE) -> Any:
    """Draw which share of the revenue the best customers bring, against their share of the customers.

    Parameters
    ----------
    frame : DataFrame
        Points of the curve, rising: customer_share, revenue_share (0 to 1).
    best : float
        Share of the revenue of the best tenth, which is marked.
    width : float, default WIDE
        In pixels.
    """
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(labelExpr=PERCENT, tickCount=5)
    x = alt.X("customer_share:Q", title="Share of customers, the best first", scale=scale, axis=axis)
    y = alt.Y("revenue_share:Q", title="Share of the revenue to come", scale=scale, axis=axis)
    equal = alt.Chart(pd.DataFrame({"customer_share": [0.0, 1.0], "revenue_share": [0.0, 1.0]})).encode(x=x, y=y)
    tenth = pd.DataFrame({"customer_share": [0.1], "revenue_share": [best], "label": [f"{100 * best:.0f} %"]})
    marked = alt.Chart(tenth).encode(x=x, y=y)
    return alt.layer(
        equal.mark_line(strokeDash=[5, 4], strokeWidth=1),
        alt.Chart(frame).mark_line(strokeWidth=2.5, color=FORETOLD).encode(x=x, y=y),
        marked.mark_point(filled=True, size=80, opacity=1, color=FORETOLD),
        # Beside the curve, which is steep there.
        marked.mark_text(align="left", dx=9, dy=12, fontWeight="bold").encode(text="label:N"),
    ).properties(width=width, height=280)


def matrix(frame: pd.DataFrame, title: str, width: float = WIDE) -> Any:
    """Draw a probability of customers by days since the last purchase and number of orders.

    Parameters
    ----------
    frame : DataFrame
        One row a cell, in order: recency, orders (names of ranges), share (the probability, 0 to 1), label.
    title : str
        What the probability is of.
    width : float, default WIDE
        In pixels.
    """
    # Not each row has a cell in each column, so that the order of the rows is not that of the columns.
    columns = sorted(frame["orders"].unique(), key=lambda name: (name.startswith("over"), _first_number(name)))
    base = alt.Chart(frame).encode(
        x=alt.X("orders:N", title="Orders", sort=columns, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("recency:N", title="Days since the last purchase", sort=None),
    )
    return cells(base, title, is_narrow(width)).properties(width=width, height=alt.Step(28))


def ratios(frame: pd.DataFrame, width: float = WIDE) -> Any:
    """Draw what was foretold by what came, a row a group, on a logarithmic axis: on the line at 1 it was right.

    Parameters
    ----------
    frame : DataFrame
        One row a group and measure, in order: group, measure (Orders, Revenue), ratio (above 0).
    width : float, default WIDE
        In pixels.
    """
    low, high = min(float(frame["ratio"].min()), 0.5) / 1.15, max(float(frame["ratio"].max()), 2.0) * 1.15
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    x = alt.X("ratio:Q", title="Foretold by what came", scale=scale, axis=log_axis([low, high]))
    colors = alt.Scale(domain=list(_MEASURES), range=list(_MEASURES.values()))
    shapes = alt.Scale(domain=list(_MEASURES), range=["circle", "diamond"])
    points = (
        alt.Chart(frame)
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            x=x,
            y=alt.Y("group:N", title=None, sort=None, axis=alt.Axis(grid=True)),
            color=alt.Color("measure:N", scale=colors, legend=alt.Legend(title=None)),
            shape=alt.Shape("measure:N", scale=shapes),
        )
    )
    right = alt.Chart(pd.DataFrame({"ratio": [1.0]})).mark_rule(strokeDash=[5, 4]).encode(x=x)
    return alt.layer(right, points).properties(width=width, height=alt.Step(24))


def _first_number(name: str) -> int:
    return int("".join(c if c.isdigit() else " " for c in name).split()[0])
