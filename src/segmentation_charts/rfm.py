"""Charts of recency, frequency and monetary."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts.parts import COMPACT, is_narrow, log_axis, log_scale, segment_color
from segmentation_charts.style import WIDE

_SHAPES = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right", "triangle-left"]


def distributions(frame: pd.DataFrame, width: float = WIDE) -> Any:
    """Draw histograms, a panel each: of recency, frequency and monetary before and after scaling.

    Parameters
    ----------
    frame : DataFrame
        One row a panel and bin: panel (its title, with the unit), low, high, customers. Panels are in the order of
        the rows, row by row.
    width : float, default WIDE
        In pixels. Three panels in a row, one on a phone.
    """
    columns = 1 if is_narrow(width) else 3
    panels = list(dict.fromkeys(frame["panel"]))
    charts = [
        alt.Chart(frame[frame["panel"] == panel])
        .mark_bar(binSpacing=0, stroke=None)
        .encode(
            x=alt.X("low:Q", title=panel, bin="binned", axis=alt.Axis(labelExpr=COMPACT, tickCount=5, grid=False)),
            x2="high:Q",
            y=alt.Y(
                "customers:Q",
                title="Customers" if number % columns == 0 else None,
                axis=alt.Axis(labelExpr=COMPACT, tickCount=4, tickMinStep=1),
            ),
        )
        .properties(width=width / columns - 62, height=130)
        for number, panel in enumerate(panels)
    ]
    return alt.concat(*charts, columns=columns, spacing=16)


def scatter(frame: pd.DataFrame, colors: Mapping[str, str], titles: Mapping[str, str], width: float = WIDE) -> Any:
    """Draw customers by each pair of measures, on logarithmic axes.

    Parameters
    ----------
    frame : DataFrame
        One row a customer: segment and the measures, above 0.
    colors : mapping of str to str
        Segments to colours, in the order in which they are shown.
    titles : mapping of str to str
        Columns of measures to the titles of their axes, with units.
    width : float, default WIDE
        In pixels. Three panels in a row, one on a phone.
    """
    columns = 1 if is_narrow(width) else 3
    shape = alt.Shape(
        "segment:N",
        scale=alt.Scale(domain=list(colors), range=(_SHAPES * len(colors))[: len(colors)]),
        legend=alt.Legend(columns=3 if is_narrow(width) else 0),
    )
    charts = [
        alt.Chart(frame)
        .mark_point(filled=True, size=22, opacity=0.7)
        .encode(
            x=_log_axis(alt.X, x, titles[x], frame[x]),
            y=_log_axis(alt.Y, y, titles[y], frame[y]),
            color=segment_color(colors, columns=3 if is_narrow(width) else 0),
            shape=shape,
        )
        .properties(width=width / columns - 62, height=230)
        for x, y in combinations(titles, 2)
    ]
    return alt.concat(*charts, columns=columns, spacing=16).resolve_scale(color="shared", shape="shared")


def _log_axis(channel: Any, field: str, title: str, values: pd.Series[float]) -> Any:
    return channel(f"{field}:Q", title=title, scale=log_scale(values), axis=log_axis(values))
