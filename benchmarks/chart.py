"""A chart of what was measured: time and memory by the number of lines, both logarithmic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from benchmarks.results import BUILDS, WAYS, Measure, Results
from segmentation_charts.parts import COMPACT, log_axis, log_scale
from segmentation_charts.style import WIDE, styled
from segmentation_charts.theme import NEUTRAL, PALETTE

# The legend has two columns: other ways on the left, builds on the right.
_COLORS = {
    "floor": NEUTRAL,
    "same_job": PALETTE[6],
    "polars": PALETTE[4],
    "whole": PALETTE[0],
    "notebook": PALETTE[5],
    "day": PALETTE[1],
    "nothing": PALETTE[8],
}
_SOLID, _DASHED = [1, 0], [5, 3]


def write_chart(results: Results, path: Path) -> None:
    """Write the chart as a PNG file; other ways are dashed.

    Parameters
    ----------
    results : Results
    path : Path
    """
    panels = alt.hconcat(
        _panel(results, "seconds", "Time, s"), _panel(results, "peak_gib", "Peak memory, GiB"), spacing=30
    )
    path.write_bytes(vl_convert.vegalite_to_png(styled(panels).to_json(), scale=2, allowed_base_urls=[]))


def _panel(results: Results, measure: Measure, title: str) -> Any:
    rows = [
        {"lines": size, "way": name, "value": value}
        for size in results.sizes
        for way, name in WAYS.items()
        if (value := results.median(size, way, measure)) is not None
    ]
    frame = pd.DataFrame(rows)
    names = [WAYS[way] for way in _COLORS]
    dashes = [_SOLID if way in BUILDS else _DASHED for way in _COLORS]
    sizes = alt.Axis(values=results.sizes, labelExpr=COMPACT)
    legend = alt.Legend(title=None, columns=2, symbolType="stroke", symbolSize=700)
    return (
        alt.Chart(frame)
        .mark_line(point={"size": 45, "filled": True}, strokeWidth=2)
        .encode(
            x=alt.X("lines:Q", title="Invoice lines", scale=log_scale(frame["lines"]), axis=sizes),
            y=alt.Y("value:Q", title=title, scale=log_scale(frame["value"]), axis=log_axis(frame["value"])),
            color=alt.Color("way:N", scale=alt.Scale(domain=names, range=list(_COLORS.values())), legend=legend),
            strokeDash=alt.StrokeDash("way:N", scale=alt.Scale(domain=names, range=dashes), legend=legend),
        )
        .properties(width=WIDE / 2 - 30, height=300)
    )
