"""Charts of figures that are held against a bar, or against chance."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts import formats
from segmentation_charts.parts import PERCENT
from segmentation_charts.style import WIDE


def intervals(frame: pd.DataFrame, title: str, bar: float | None = None, width: float = WIDE, low: float = 0) -> Any:
    """Draw figures between 0 and 1 with twice their standard errors, a row each, and a bar that they are held against.

    Parameters
    ----------
    frame : DataFrame
        One row a figure, in order: name (for people), value, standard_error (may be null).
    title : str
        What the figures are.
    bar : float, default none
        Where the bar stands.
    width : float, default WIDE
        In pixels.
    low : float, default 0
        Where the axis begins.
    """
    error = 2 * frame["standard_error"].astype(float).fillna(0)
    rows = frame.assign(
        low=(frame["value"] - error).clip(lower=low),
        high=(frame["value"] + error).clip(upper=1),
        label=[formats.number(value, 2) for value in frame["value"]],
    )
    scale = alt.Scale(domain=[low, 1.0], nice=False)
    x, begin = (alt.X(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5)) for field in ("value", "low"))
    base = alt.Chart(rows).encode(y=alt.Y("name:N", title=None, sort=None))
    layers = [
        base.mark_rule(strokeWidth=2).encode(x=begin, x2="high:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(x=x),
        base.mark_text(dy=-11).encode(x=x, text="label:N"),
    ]
    if bar is not None:
        layers.append(alt.Chart(pd.DataFrame({"value": [bar]})).mark_rule(strokeDash=[5, 4]).encode(x=x))
    return alt.layer(*layers).properties(width=width, height=alt.Step(34))


def reliability(
    frame: pd.DataFrame,
    width: float = WIDE,
    titles: tuple[str, str] = ("Confidence", "Share that was right"),
) -> Any:
    """Draw how often a confidence was right, against the confidence: on the diagonal it means what it says.

    Parameters
    ----------
    frame : DataFrame
        One row a bin: expected (mean confidence), value (share that was right), standard_error; all 0 to 1.
    width : float, default WIDE
        In pixels.
    titles : tuple of str
        Of the axes: what was said, and what was found.
    """
    said, found = titles
    error = 2 * frame["standard_error"].astype(float).fillna(0)
    rows = frame.assign(low=(frame["value"] - error).clip(lower=0), high=(frame["value"] + error).clip(upper=1))
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(labelExpr=PERCENT, tickCount=5)
    base = alt.Chart(rows).encode(x=alt.X("expected:Q", title=said, scale=scale, axis=axis))
    y = alt.Y("value:Q", title=found, scale=scale, axis=axis)
    diagonal = alt.Chart(pd.DataFrame({"expected": [0.0, 1.0], "value": [0.0, 1.0]}))
    return alt.layer(
        diagonal.mark_line(strokeDash=[5, 4], strokeWidth=1).encode(x=alt.X("expected:Q", title=said), y=y),
        base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", title=found), y2="high:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(y=y),
    ).properties(width=width, height=280)
