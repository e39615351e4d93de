"""Charts of what the segments buy, by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts.parts import COMPACT, is_narrow, log_axis, log_scale, month_labels, segment_color
from segmentation_charts.style import WIDE


def by_month(frame: pd.DataFrame, colors: Mapping[str, str], title: str, width: float = WIDE) -> Any:
    """Draw an amount by month, the segments on top of each other.

    Parameters
    ----------
    frame : DataFrame
        One row a month and segment, by month: month (a name for people), segment, value.
    colors : mapping of str to str
        Segments to colours, in the order in which they are shown.
    title : str
        Of the vertical axis, with the unit.
    width : float, default WIDE
        In pixels.
    """
    order = {segment: number for number, segment in enumerate(colors)}
    frame = frame.assign(order=frame["segment"].map(order))
    return (
        _months(frame, title, width)
        .mark_bar()
        .encode(
            color=segment_color(colors, columns=_legend_columns(width)),
            order=alt.Order("order:Q", sort="descending"),
        )
    )


def lines_by_month(frame: pd.DataFrame, colors: Mapping[str, str], title: str, width: float = WIDE) -> Any:
    """Draw a figure by month, a line a segment, on a logarithmic axis.

    Parameters
    ----------
    frame : DataFrame
        One row a month and segment, by month: month (a name for people), segment, value above 0, or null where the line
        breaks off.
    colors : mapping of str to str
        Segments to colours, in the order in which they are shown.
    title : str
        Of the vertical axis, with the unit.
    width : float, default WIDE
        In pixels.
    """
    chart = _months(frame, title, width, is_log=True)
    return chart.mark_line(point={"size": 30, "filled": True}).encode(
        color=segment_color(colors, columns=_legend_columns(width))
    )


def _legend_columns(width: float) -> int:
    return 3 if is_narrow(width) else 0


def _months(frame: pd.DataFrame, title: str, width: float, is_log: bool = False) -> Any:
    shown = month_labels(list(frame["month"]), width)
    y = alt.Y("value:Q", title=title, axis=alt.Axis(labelExpr=COMPACT, tickCount=5))
    if is_log:
        y = y.scale(log_scale(frame["value"])).axis(log_axis(frame["value"]))
    x = alt.X(
        "month:O", title=None, sort=None, axis=alt.Axis(values=shown, labelAngle=0, labelOverlap="greedy", ticks=True)
    )
    return alt.Chart(frame).encode(x=x, y=y).properties(width=width, height=280)
