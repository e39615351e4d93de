"""What charts have in common: colours of segments, axes, and how wide a panel may be."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from segmentation_charts.style import NARROW

# Up to four digits are written out, thousands as 12k, millions as 3M, thousand millions as 2B.
COMPACT = "abs(datum.value) < 10000 ? format(datum.value, ',~r') : replace(format(datum.value, '.3~s'), 'G', 'B')"
PERCENT = "format(100 * datum.value, ',~r') + ' %'"

# From pale to dark.
_SEQUENTIAL = ["#eef3f9", "#7fa8d1", "#1b4f8a"]

# Columns of a legend above a chart that is as wide as its page.
_FITTING = alt.ExprRef("max(2, floor(width / 115))")


def is_narrow(width: float) -> bool:
    """Tell whether a chart is drawn for a phone."""
    return width < (NARROW + 260)


def segment_color(colors: Mapping[str, str], legend: bool = True, columns: int = 0) -> alt.Color:
    """Return the colour of the column `segment`.

    Parameters
    ----------
    colors : mapping of str to str
        Segments to colours, in the order in which they are shown.
    legend : bool, default True
    columns : int, default 0
        Columns of the legend; 0 for as many as there is room for.
    """
    scale = alt.Scale(domain=list(colors), range=list(colors.values()))
    shown = alt.Legend(title=None, columns=columns or _FITTING, symbolLimit=30) if legend else None
    return alt.Color("segment:N", scale=scale, legend=shown)


def readable_on(values: Iterable[float], domain: Sequence[float], colors: Sequence[str]) -> list[str]:
    """Return black or white for the text on cells of a colour scale: what stands out more.

    Parameters
    ----------
    values : iterable of float
        Of the cells.
    domain, colors : sequences
        The stops of the scale, rising, and their colours, as #rrggbb; between them it is linear in RGB.
    """
    channels = np.array([[int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)] for color in colors])
    cells = np.array([[np.interp(value, domain, channel) for channel in channels.T] for value in values])
    linear = np.where(cells <= 0.04045, cells / 12.92, ((cells + 0.055) / 1.055) ** 2.4)
    # Black and white have the same contrast with a luminance of 0.179, by WCAG's formula.
    return ["#000000" if light > 0.179 else "#ffffff" for light in linear @ np.array([0.2126, 0.7152, 0.0722])]


def log_scale(values: Iterable[float]) -> alt.Scale:
    """Return a logarithmic scale with some room around the values, of which there may be one only.

    Parameters
    ----------
    values : iterable of float
        What is drawn; those above 0 count.
    """
    known = [float(value) for value in values if value > 0] or [1.0]
    return alt.Scale(type="log", domain=[min(known) / 1.25, max(known) * 1.25], nice=False)


def log_axis(values: Iterable[float], **options: Any) -> alt.Axis:
    """Return an axis for a logarithmic scale, with few labels: 1, 2, 5, 10, 20, 50, or only powers of ten.

    Parameters
    ----------
    values : iterable of float
        What is drawn; above 0.
    **options
        Further properties of the axis.
    """
    known = [value for value in values if value > 0] or [1.0]
    low, high = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    steps = (1, 2, 5) if high - low <= 2 else (1,)
    ticks = [step * 10.0**power for power in range(low, high + 1) for step in steps]
    return alt.Axis(labelExpr=COMPACT, values=ticks, **options)


def month_labels(months: Sequence[str], width: float, room: float = 62) -> list[str]:
    """Return as many of the months as an axis has room for, the last among them.

    Parameters
    ----------
    months : sequence of str
        In their order.
    width : float
        Of the axis in pixels.
    room : float, default 62
        What a label takes in pixels.
    """
    unique = list(dict.fromkeys(months))
    step = math.ceil(len(unique) * room / width)
    return unique[::-1][:: max(step, 1)][::-1]


def cells(base: Any, title: str, narrow: bool) -> Any:
    """Draw cells that are the darker the larger a share is, with what stands in them.

    Parameters
    ----------
    base : Chart
        With both axes, of a frame with share (0 to 1) and label.
    title : str
        Of the legend.
    narrow : bool
        Whether it is for a phone.
    """
    highest = max(math.ceil(10 * float(base.data["share"].max())), 1) / 10
    domain = [0, highest / 2, highest]
    scale = alt.Scale(domain=domain, range=_SEQUENTIAL, interpolate="rgb")
    base.data = base.data.assign(ink=readable_on(base.data["share"], domain, _SEQUENTIAL))
    legend = alt.Legend(title=title, orient="bottom", labelExpr=PERCENT, values=domain, direction="horizontal")
    marks = base.mark_rect().encode(color=alt.Color("share:Q", scale=scale, legend=legend))
    values = base.mark_text(fontSize=10 if narrow else 12).encode(text="label:N", color=alt.Color("ink:N", scale=None))
    return (marks + values).resolve_scale(color="independent")


def by_number(names: pd.Series[str]) -> str:
    """Return the expression of labels of rows that are numbered from 0, so that names that are equal stay apart.

    Parameters
    ----------
    names : Series
        In the order of the rows.
    """
    # As JSON, which Vega's expressions read as texts.
    return f"{json.dumps(list(names))}[datum.value]"
