"""Charts of how the segments were found: how many there are, and how well they are set apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts import formats
from segmentation_charts.parts import COMPACT, is_narrow, readable_on, segment_color
from segmentation_charts.style import WIDE

_GROUP = ("segment", "first", "last", "silhouette")
_DIVERGING = ["#b35806", "#f7f7f7", "#045a8d"]


def elbow(frame: pd.DataFrame, width: float = WIDE) -> Any:
    """Draw the sum of squares inside the segments by their number.

    Parameters
    ----------
    frame : DataFrame
        One row a number of segments: segment_count, wcss, is_chosen, is_elbow.
    width : float, default WIDE
        In pixels.
    """
    notes = {(True, True): "chosen, bends most", (True, False): "chosen", (False, True): "bends most"}
    # The columns that are drawn: Altair compares the data of all layers.
    frame = frame[["segment_count", "wcss", "is_chosen", "is_elbow"]].assign(
        note=[notes.get((bool(c), bool(e)), "") for c, e in zip(frame["is_chosen"], frame["is_elbow"], strict=True)]
    )
    y = alt.Y("wcss:Q", title="Sum of squares inside segments (scaled)", axis=alt.Axis(labelExpr=COMPACT))
    return _by_count(frame).encode(y=y).properties(width=width, height=260)


def silhouette_by_count(frame: pd.DataFrame, width: float = WIDE) -> Any:
    """Draw the mean silhouette by the number of segments, beside that of customers without clusters.

    Parameters
    ----------
    frame : DataFrame
        One row a number of segments: segment_count, silhouette, silhouette_error, silhouette_excess (may be null),
        is_chosen.
    width : float, default WIDE
        In pixels.
    """
    columns = ["segment_count", "silhouette", "silhouette_error", "silhouette_excess", "is_chosen"]
    frame = frame[columns].assign(
        note=frame["is_chosen"].map({True: "chosen", False: ""}),
        chance=frame["silhouette"] - frame["silhouette_excess"].astype(float),
        low=frame["silhouette"] - 2 * frame["silhouette_error"].astype(float),
        high=frame["silhouette"] + 2 * frame["silhouette_error"].astype(float),
    )
    y = alt.Y("silhouette:Q", title="Mean silhouette (−1 to 1)", scale=alt.Scale(zero=True))  # noqa: RUF001
    customers = _by_count(frame).encode(y=y)
    errors = alt.Chart(frame).mark_rule(strokeWidth=1).encode(x=_count_axis(frame), y="low:Q", y2="high:Q")
    layers = [errors, customers]
    if frame["chance"].notna().any():
        chance = alt.Chart(frame.dropna(subset="chance")).encode(x=_count_axis(frame), y="chance:Q")
        layers.append(chance.mark_line(strokeDash=[5, 4]))
        last = alt.Chart(frame.dropna(subset="chance").tail(1)).encode(x=_count_axis(frame), y="chance:Q")
        layers.append(last.mark_text(align="right", dy=16, text="without clusters"))
    return alt.layer(*layers).properties(width=width, height=260)


def _count_axis(frame: pd.DataFrame) -> alt.X:
    counts = sorted(frame["segment_count"].astype(int))
    scale = alt.Scale(domain=[counts[0] - 0.5, counts[-1] + 0.5], nice=False, zero=False)
    axis = alt.Axis(values=counts, format="d", grid=False)
    return alt.X("segment_count:Q", title="Number of segments", scale=scale, axis=axis)


def _by_count(frame: pd.DataFrame) -> Any:
    base = alt.Chart(frame).encode(x=_count_axis(frame))
    chosen, other = base.transform_filter("datum.is_chosen"), base.transform_filter("!datum.is_chosen")
    return alt.layer(
        base.mark_line(strokeWidth=2),
        base.mark_point(filled=True, size=45, opacity=1),
        chosen.mark_point(size=220, filled=False, strokeWidth=2, opacity=1),
        chosen.mark_text(dy=-20, align="left", dx=4, fontWeight="bold").encode(text="note:N"),
        other.mark_text(dy=20, align="right", dx=-4).encode(text="note:N"),
    )


def silhouette_plot(frame: pd.DataFrame, colors: Mapping[str, str], width: float = WIDE) -> Any:
    """Draw the silhouette of each customer, sorted inside the segments.

    Parameters
    ----------
    frame : DataFrame
        One row a group of neighbouring customers: segment, first and last (positions from 0 inside the segment, the
        highest silhouette first; last is the first of the next group), silhouette.
    colors : mapping of str to str
        Segments to colours, in the order in which they are shown.
    width : float, default WIDE
        In pixels.
    """
    sizes = frame.groupby("segment")["last"].max()
    gap = float(sizes.sum()) * 0.012
    starts, middles, end = {}, {}, 0.0
    for segment in (name for name in colors if name in sizes):
        starts[segment], middles[segment] = end, round(end + sizes[segment] / 2, 3)
        end += float(sizes[segment]) + gap
    edges = [
        {"segment": segment, "position": starts[segment] + at, "silhouette": silhouette, "zero": 0}
        for segment, first, last, silhouette in zip(*(frame[c] for c in _GROUP), strict=True)
        for at in (first, last)
    ]
    names = json.dumps({str(round(1000 * middle)): segment for segment, middle in middles.items()})
    y_axis = alt.Axis(
        values=list(middles.values()), labelExpr=f"{names}[round(1000 * datum.value)]", grid=False, ticks=False
    )
    low = min(0.0, float(frame["silhouette"].min()))
    x = alt.X(
        "zero:Q",
        title="Silhouette (−1 to 1)",  # noqa: RUF001
        scale=alt.Scale(domain=[low, 1]),
        axis=alt.Axis(tickCount=3 if is_narrow(width) else 6),
    )
    # Above the first segment there is room for what the mean is.
    y_scale = alt.Scale(reverse=True, domain=[-5 * gap, end - gap], nice=False)
    areas = (
        alt.Chart(pd.DataFrame(edges))
        .mark_area(orient="horizontal", opacity=1, line=False)
        .encode(
            x=x,
            x2="silhouette:Q",
            y=alt.Y("position:Q", title=None, axis=y_axis, scale=y_scale),
            color=segment_color(colors, legend=False),
        )
    )
    weights = frame["last"] - frame["first"]
    mean = float((frame["silhouette"] * weights).sum() / weights.sum())
    of_all = alt.Chart(pd.DataFrame({"mean": [mean], "note": [f"mean {formats.number(mean, 2)}"]})).encode(x="mean:Q")
    has_room = mean < (low + 1) / 2
    return alt.layer(
        areas,
        of_all.mark_rule(strokeDash=[5, 4]),
        of_all.mark_text(align="left" if has_room else "right", dx=5 if has_room else -5, baseline="top").encode(
            y=alt.value(0), text="note:N"
        ),
    ).properties(width=width, height=330)


def heatmap(frame: pd.DataFrame, width: float = WIDE) -> Any:
    """Draw how far the segments are from the mean of all customers, in standard deviations.

    Parameters
    ----------
    frame : DataFrame
        One row a segment and measure, in the order in which they are shown: segment, measure (a name for people), z.
    width : float, default WIDE
        In pixels.
    """
    limit = max(2.0, float(frame["z"].abs().max()))
    domain = [-limit, 0, limit]
    frame = frame.assign(
        # A zero has no sign.
        label=[formats.written(z, "+.1f") if abs(z) >= 0.05 else formats.number(0) for z in frame["z"]],
        ink=readable_on(frame["z"], domain, _DIVERGING),
    )
    x_axis = alt.Axis(orient="top", labelAngle=-90 if is_narrow(width) else 0)
    base = alt.Chart(frame).encode(
        x=alt.X("measure:N", title=None, sort=None, axis=x_axis), y=alt.Y("segment:N", title=None, sort=None)
    )
    scale = alt.Scale(domain=domain, range=_DIVERGING, interpolate="rgb")
    legend = alt.Legend(title="Standard deviations from the mean", orient="bottom")
    cells = base.mark_rect().encode(color=alt.Color("z:Q", scale=scale, legend=legend))
    values = base.mark_text(fontSize=12).encode(text="label:N", color=alt.Color("ink:N", scale=None))
    return (cells + values).resolve_scale(color="independent").properties(width=width, height=alt.Step(32))
