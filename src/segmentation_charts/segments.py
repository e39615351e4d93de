"""Charts that set the segments side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts.parts import is_narrow, segment_color
from segmentation_charts.style import WIDE


def share_bars(frame: pd.DataFrame, colors: Mapping[str, str], width: float = WIDE) -> Any:
    """Draw shares of segments, a panel a measure: sizes and revenue shares, return rates.

    Parameters
    ----------
    frame : DataFrame
        One row a panel and segment: panel (its title), segment, share (0 to 1), label (what stands at the bar).
    colors : mapping of str to str
        Segments to colours, in the order in which they are shown.
    width : float, default WIDE
        In pixels.
    """
    panels = list(dict.fromkeys(frame["panel"]))
    columns = 1 if is_narrow(width) else len(panels)
    longest = max(len(name) for name in colors)
    room = min(150, 14 + 7 * longest)
    charts = [
        _bars(frame[frame["panel"] == panel], panel, colors, width / columns - room - 12)
        for number, panel in enumerate(panels)
    ]
    return alt.concat(*charts, columns=columns, spacing=18)


def _bars(frame: pd.DataFrame, panel: str, colors: Mapping[str, str], width: float) -> Any:
    # Room for the label of the longest bar.
    highest = max(float(frame["share"].max()), 0.001)
    room = 1 + 8 * frame["label"].str.len().max() / width
    base = alt.Chart(frame).encode(
        x=alt.X(
            "share:Q",
            title=panel,
            scale=alt.Scale(domain=[0, highest * room], nice=False),
            # The bars say their shares themselves.
            axis=alt.Axis(
                orient="top",
                labels=False,
                ticks=False,
                grid=False,
                domain=False,
                titleAnchor="start",
                titleFontWeight="bold",
            ),
        ),
        y=alt.Y("segment:N", title=None, sort=list(colors)),
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=segment_color(colors, legend=False))
    labels = base.mark_text(align="left", dx=4).encode(text="label:N")
    return (bars + labels).properties(width=width, height=alt.Step(28))
