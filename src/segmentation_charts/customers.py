"""Charts of some customers beside all, and of one alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts.parts import COMPACT, PERCENT, month_labels, segment_color
from segmentation_charts.style import WIDE
from segmentation_charts.theme import NEUTRAL


def against_everybody(frame: pd.DataFrame, name: str, color: str, title: str, width: float = WIDE) -> Any:
    """Draw which share of a group lies in each range of a measure, beside that of everybody.

    Parameters
    ----------
    frame : DataFrame
        One row a range, in order: range (its name for people), member_share and everybody_share (0 to 1).
    name : str
        Of the group.
    color : str
        Of the group.
    title : str
        Of the measure, with its unit.
    width : float, default WIDE
        In pixels.
    """
    groups = {name: "member_share", "Everybody": "everybody_share"}
    rows = pd.concat(
        frame[["range"]].assign(group=group, share=frame[column].astype(float)) for group, column in groups.items()
    )
    return (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("share:Q", title="Share of customers", axis=alt.Axis(labelExpr=PERCENT, tickCount=4)),
            y=alt.Y("range:N", title=title, sort=None, axis=alt.Axis(titleAlign="left", titleAngle=0, titleY=-12)),
            yOffset=alt.YOffset("group:N", sort=None),
            color=alt.Color(
                "group:N", scale=alt.Scale(domain=list(groups), range=[color, NEUTRAL]), legend=alt.Legend(title=None)
            ),
        )
        .properties(width=width, height=alt.Step(12))
    )


def history(frame: pd.DataFrame, colors: Mapping[str, str], title: str, width: float = WIDE) -> Any:
    """Draw what a customer had spent by the end of each month, in the colour of the segment at that time.

    Parameters
    ----------
    frame : DataFrame
        One row a month end, in order: month (a name for people), segment, monetary.
    colors : mapping of str to str
        Segments to colours, in the order in which they are shown.
    title : str
        Of the vertical axis, with the unit.
    width : float, default WIDE
        In pixels.
    """
    shown = month_labels(list(frame["month"]), width)
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                "month:O",
                title=None,
                sort=None,
                axis=alt.Axis(values=shown, labelAngle=0, labelOverlap="greedy", ticks=True),
            ),
            y=alt.Y("monetary:Q", title=title, axis=alt.Axis(labelExpr=COMPACT, tickCount=5)),
            color=segment_color(colors),
        )
        .properties(width=width, height=240)
    )
