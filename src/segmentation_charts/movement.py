"""Charts of how customers move: from segment to segment, and away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from segmentation_charts import formats
from segmentation_charts.parts import cells, is_narrow
from segmentation_charts.style import WIDE

# Pixels that the names of segments take, and a digit.
_NAMES, _DIGIT = 110, 7


def migration_matrix(frame: pd.DataFrame, segments: Sequence[str], width: float = WIDE) -> Any:
    """Draw how many customers went from each segment to each.

    Parameters
    ----------
    frame : DataFrame
        One row a pair of segments: from_segment, to_segment, customers, label (how their number is written), share (of
        those who were in from_segment, 0 to 1).
    segments : sequence of str
        In the order in which they are shown; others follow.
    width : float, default WIDE
        In pixels.
    """
    rows, columns = (_in_order(frame[end], segments) for end in ("from_segment", "to_segment"))
    room = (width - _NAMES) / len(columns)
    if frame["label"].str.len().max() * _DIGIT > room:
        frame = frame.assign(label=[formats.compact(customers) for customers in frame["customers"]])
    x_axis = alt.Axis(orient="top", labelAngle=-90 if is_narrow(width) else -30 if len(columns) > 6 else 0)
    base = alt.Chart(frame).encode(
        x=alt.X("to_segment:N", title="To", sort=columns, axis=x_axis),
        y=alt.Y("from_segment:N", title="From", sort=rows),
    )
    return cells(base, "Share of the segment that they were in", is_narrow(width)).properties(
        width=width, height=alt.Step(32)
    )


def cohort_retention(frame: pd.DataFrame, width: float = WIDE) -> Any:
    """Draw which share of the customers of a month bought again in the months after it.

    Parameters
    ----------
    frame : DataFrame
        One row a cohort and month after its first one, by cohort: cohort (a name for people, with its size),
        months_since, share (0 to 1), label (how the share is written in a cell).
    width : float, default WIDE
        In pixels.
    """
    base = alt.Chart(frame).encode(
        x=alt.X("months_since:O", title="Months since the first purchase", axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("cohort:N", title=None, sort=None),
    )
    return cells(base, "Share who bought", is_narrow(width)).properties(width=width, height=alt.Step(26))


def _in_order(found: pd.Series[str], segments: Sequence[str]) -> list[str]:
    names = set(found)
    return [name for name in segments if name in names] + sorted(names - set(segments))
