"""Charts of who the customers of a segment are."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts.parts import by_number, is_narrow
from segmentation_charts.style import WIDE


def times_as_frequent(frame: pd.DataFrame, color: str, width: float = WIDE) -> Any:
    """Draw how many times as frequent values are as among all customers, a row each: on the broken line as frequent.

    Parameters
    ----------
    frame : DataFrame
        One row a value, in order: name, times, low, high (above 0), label.
    color : str
        Of the segment.
    width : float, default WIDE
        In pixels.
    """
    lowest, highest = min(float(frame["low"].min()), 0.5), max(float(frame["high"].max()), 2.0)
    # Room for the label behind the longest interval.
    room = highest * (highest / lowest) ** (0.5 if is_narrow(width) else 0.35)

    def x(column: str) -> Any:
        return alt.X(
            f"{column}:Q",
            title="Times as frequent as among all customers",
            scale=alt.Scale(type="log", domain=[lowest * 0.9, room], nice=False),
            axis=alt.Axis(values=[0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50], format="~g"),
        )

    # A number a row, so that names that are equal stay apart.
    rows = frame.assign(row=range(len(frame)))
    limit = 130 if is_narrow(width) else 260
    axis = alt.Axis(grid=False, labelLimit=limit, labelExpr=by_number(rows["name"]), values=list(range(len(rows))))
    base = alt.Chart(rows).encode(y=alt.Y("row:O", title=None, sort=None, axis=axis))
    intervals = base.mark_rule(strokeWidth=2, color=color).encode(x=x("low"), x2="high:Q")
    points = base.mark_point(filled=True, size=70, color=color, opacity=1).encode(x=x("times"))
    labels = base.mark_text(align="left", dx=7).encode(x=x("high"), text="label:N")
    same = alt.Chart(pd.DataFrame({"times": [1.0]})).mark_rule(strokeDash=[5, 4]).encode(x=x("times"))
    return alt.layer(same, intervals, points, labels).properties(width=width, height=alt.Step(28))
