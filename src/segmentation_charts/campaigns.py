"""Charts of what campaigns brought: by day, and side by side."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts.parts import COMPACT, PERCENT, by_number, is_narrow
from segmentation_charts.style import WIDE
from segmentation_charts.theme import NEUTRAL, PALETTE

DIFFERENCE, ONCE, ANYTIME = "Difference", "95 % interval", "Always valid"
_COLOR = PALETTE[0]
# Days between labels of an axis, and pixels that a label takes.
_STEPS, _ROOM = (1, 2, 7, 14, 28, 56, 91, 182, 365), 75
# Of the verdicts; the label says them too.
_VERDICTS = {"works": PALETTE[1], "does harm": PALETTE[5]}


def curve(frame: pd.DataFrame, title: str, width: float = WIDE, *, is_share: bool = False) -> Any:
    """Draw the difference between both groups after each day, with both intervals.

    Parameters
    ----------
    frame : DataFrame
        One row a day: day, difference, difference_low, difference_high, anytime_low, anytime_high (may be null).
    title : str
        Of the difference, with its unit.
    width : float, default WIDE
        In pixels.
    is_share : bool, default False
        Whether it is a share (0 to 1), shown in percent.
    """
    intervals = pd.concat(
        [
            frame[["day"]].assign(low=frame[f"{name}_low"], high=frame[f"{name}_high"], kind=kind)
            for name, kind in (("anytime", ANYTIME), ("difference", ONCE))
        ]
    ).dropna()
    axis = alt.Axis(labelExpr=PERCENT if is_share else COMPACT, tickCount=6)
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%-d %b", values=_ticks(frame["day"], width)))
    kinds = alt.Scale(domain=[DIFFERENCE, ONCE, ANYTIME], range=[_COLOR, _COLOR, NEUTRAL])
    color = alt.Color("kind:N", scale=kinds, legend=alt.Legend(title=None, columns=3))
    bands = (
        alt.Chart(intervals)
        .mark_area(fillOpacity=0.22, strokeOpacity=0.9, line={"strokeWidth": 1})
        .encode(x=x, y=alt.Y("low:Q", title=title, axis=axis), y2="high:Q", color=color, order="kind:N")
    )
    line = (
        alt.Chart(frame.assign(kind=DIFFERENCE))
        .mark_line(strokeWidth=2.5, point={"size": 30} if len(frame) < 3 else False)
        .encode(x=x, y=alt.Y("difference:Q", title=title, axis=axis), color=color)
    )
    nothing = alt.Chart(pd.DataFrame({"low": [0]})).mark_rule(strokeDash=[5, 4]).encode(y=alt.Y("low:Q", title=title))
    return alt.layer(bands, nothing, line).properties(width=width, height=300)


def forest(frame: pd.DataFrame, title: str, width: float = WIDE, *, is_share: bool = False) -> Any:
    """Draw differences with their intervals, a row each: on the broken line nothing has changed.

    Parameters
    ----------
    frame : DataFrame
        One row a difference, in order: name, difference, difference_low, difference_high, anytime_low, anytime_high
        (may be null), verdict, label.
    title : str
        Of the difference, with its unit.
    width : float, default WIDE
        In pixels.
    is_share : bool, default False
        Whether it is a share (0 to 1), shown in percent.
    """
    low = min(float(frame[["difference_low", "anytime_low"]].astype(float).min().min()), 0.0)
    high = max(float(frame[["difference_high", "anytime_high"]].astype(float).max().max()), 0.0)
    room = max(high - low, 1e-9)
    scale = alt.Scale(domain=[low - 0.06 * room, high + 0.06 * room], nice=False)
    axis = alt.Axis(labelExpr=PERCENT if is_share else COMPACT, tickCount=5)
    names = list(dict.fromkeys(frame["verdict"]))
    colors = alt.Scale(domain=names, range=[_VERDICTS.get(name, NEUTRAL) for name in names])
    # A number a row, so that names that are equal stay apart.
    rows = frame.assign(row=range(len(frame)))
    labels = alt.Axis(
        grid=False,
        labelLimit=120 if is_narrow(width) else 220,
        labelExpr=by_number(rows["name"]),
        values=list(range(len(rows))),
    )

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=title, scale=scale, axis=axis)

    base = alt.Chart(rows).encode(
        y=alt.Y("row:O", title=None, sort=None, axis=labels),
        color=alt.Color("verdict:N", scale=colors, legend=None),
    )
    nothing = alt.Chart(pd.DataFrame({"difference": [0.0]})).mark_rule(strokeDash=[5, 4]).encode(x=x("difference"))
    layers = [
        nothing,
        base.mark_rule(strokeWidth=1.5).encode(x=x("anytime_low"), x2="anytime_high:Q"),
        base.mark_rule(strokeWidth=4).encode(x=x("difference_low"), x2="difference_high:Q"),
        base.mark_point(filled=True, size=90, opacity=1).encode(x=x("difference")),
        alt.Chart(rows)
        .mark_text(dy=-12)
        .encode(x=x("middle"), y=alt.Y("row:O", title=None, sort=None, axis=labels), text="label:N"),
    ]
    # The label stands over the middle of the drawing's part that has room for it.
    edge = 0.3 if is_narrow(width) else 0.14
    middle = frame["difference"].clip(low + edge * room, high - edge * room)
    layers[-1].data = rows.assign(middle=middle)
    return alt.layer(*layers).properties(width=width, height=alt.Step(42))


def _ticks(days: pd.Series[pd.Timestamp], width: float) -> list[alt.DateTime]:
    """Return days that are labelled, evenly apart: as many as there is room for, and none at the end."""
    first, length = days.min(), (days.max() - days.min()).days
    labels = max(int(width / _ROOM), 2)
    step = next((step for step in _STEPS if length / step <= labels), -(-length // labels))
    shown = [first + pd.Timedelta(days=n) for n in range(0, max(int(0.95 * length), 1), step)]
    return [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in shown]
