"""Charts of invoice lines: what was read, its columns, products, countries and times."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts.parts import COMPACT, is_narrow, log_axis, month_labels
from segmentation_charts.style import WIDE

# Pixels that names beside bars may take.
_NAMES = 340


def bars(frame: pd.DataFrame, title: str, width: float = WIDE) -> Any:
    """Draw a bar a row, with what it says at its end: fates of rows, missing values, top products and countries.

    Parameters
    ----------
    frame : DataFrame
        One row a bar, from above: label (each another), value, text.
    title : str
        What the bars show, with the unit.
    width : float, default WIDE
        In pixels.
    """
    narrow = is_narrow(width)
    names = 0.0 if narrow else min(_NAMES, 8.0 * frame["label"].str.len().max())
    # Room for what stands at the end of the longest bar.
    used = (8 + 7 * frame["text"].str.len().max()) / (width - names - 20)
    domain = [0, max(float(frame["value"].max()), 1e-9) / max(0.25, 1 - used)]
    x_axis = alt.Axis(
        labels=False, ticks=False, grid=False, domain=False, orient="top", titleAnchor="start", titleFontWeight="bold"
    )
    base = alt.Chart(frame).encode(
        x=alt.X("value:Q", title=title, scale=alt.Scale(domain=domain, nice=False), axis=x_axis),
        y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labels=not narrow, labelLimit=_NAMES)),
    )
    # On a phone the names are above their bars.
    down = 9 if narrow else 0
    layers = [
        (base.mark_bar(size=14, yOffset=down) if narrow else base.mark_bar(cornerRadiusEnd=2)),
        base.mark_text(align="left", dx=4, dy=down).encode(text="text:N"),
    ]
    if narrow:
        layers.append(base.mark_text(align="left", dy=-9, limit=width - 20).encode(x=alt.datum(0), text="label:N"))
    return alt.layer(*layers).properties(width=width, height=alt.Step(40 if narrow else 26))


def periods(frame: pd.DataFrame, title: str, width: float = WIDE) -> Any:
    """Draw a column a period: sales by month, weekday or hour.

    Parameters
    ----------
    frame : DataFrame
        One row a period, in their order: label, value.
    title : str
        Of the vertical axis, with the unit.
    width : float, default WIDE
        In pixels.
    """
    longest = int(frame["label"].str.len().max())
    shown = month_labels(list(frame["label"]), width - 50, 8 * longest + 8)
    axis = alt.Axis(values=shown, labelAngle=0, ticks=True)
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("label:O", title=None, sort=None, axis=axis),
            y=alt.Y("value:Q", title=title, axis=alt.Axis(labelExpr=COMPACT, tickCount=4)),
        )
        .properties(width=width, height=200)
    )


def histograms(frame: pd.DataFrame, width: float = WIDE) -> Any:
    """Draw histograms on logarithmic axes, a panel each, with dashed lines where outliers begin.

    Parameters
    ----------
    frame : DataFrame
        One row a panel and bin: panel (its title, with the unit), low, high, count, fence_low, fence_high.
    width : float, default WIDE
        In pixels. Three panels in a row, one on a phone.
    """
    columns = 1 if is_narrow(width) else 3
    charts = [
        _histogram(frame[frame["panel"] == panel], panel, width / columns - 62)
        for panel in dict.fromkeys(frame["panel"])
    ]
    return alt.concat(*charts, columns=columns, spacing=16)


def _histogram(frame: pd.DataFrame, panel: str, width: float) -> Any:
    low, high = float(frame["low"].min()), float(frame["high"].max())
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    x = alt.X("low:Q", title=panel, scale=scale, axis=log_axis([low, high], grid=False, labelOverlap="greedy"))
    drawn = alt.Chart(frame).mark_rect().encode(x=x, x2="high:Q", y=_counts("count:Q"), y2="zero:Q")
    drawn = drawn.transform_calculate(zero="0")
    fences = frame[["fence_low", "fence_high"]].iloc[0]
    inside = pd.DataFrame({"fence": [f for f in fences if low < f < high]})
    if inside.empty:
        return drawn.properties(width=width, height=130)
    rules = alt.Chart(inside).mark_rule(strokeDash=[5, 4]).encode(x=alt.X("fence:Q", scale=scale))
    return (drawn + rules).properties(width=width, height=130)


def _counts(field: str) -> alt.Y:
    return alt.Y(field, title=None, axis=alt.Axis(labelExpr=COMPACT, tickCount=4, tickMinStep=1))
