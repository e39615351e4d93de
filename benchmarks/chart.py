"""A chart of what was measured: time and memory by the number of lines, both logarithmic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from benchmarks.results import WAYS, Measure, Results
from segmentation_charts.parts import log_axis, log_scale
from segmentation_charts.style import WIDE, styled
from segmentation_charts.theme import NEUTRAL, PALETTE

_PROJECT_COLORS = {"same_job": PALETTE[3], "whole": PALETTE[0], "day": PALETTE[1], "nothing": PALETTE[8]}
_OTHER_COLORS = {"floor": NEUTRAL, "polars": PALETTE[4], "notebook": PALETTE[5]}


def write_chart(results: Results, path: Path) -> None:
    """Write the chart as a PNG file."""
    panels = alt.hconcat(
        _panel(results, "seconds", "Time, s"), _panel(results, "peak_gib", "Peak memory, GiB"), spacing=30
    )
    path.write_bytes(vl_convert.vegalite_to_png(styled(panels).to_json(), scale=2, allowed_base_urls=[]))


def _panel(results: Results, measure: Measure, title: str) -> Any:
    rows = [
        {"lines": results.shop(size)["lines"], "way": name, "value": value, "other": way in _OTHER_COLORS}
        for size in results.sizes
        for way, name in WAYS.items()
        if (value := results.median(size, way, measure)) is not None
    ]
    frame = pd.DataFrame(rows)
    colors = {WAYS[way]: color for way, color in (_OTHER_COLORS | _PROJECT_COLORS).items()}
    shown = alt.Legend(title=None, columns=2, symbolType="stroke", symbolSize=300)
    dash = alt.condition("datum.other", alt.value([5, 3]), alt.value([1, 0]))
    return (
        alt.Chart(frame)
        .mark_line(point={"size": 45, "filled": True}, strokeWidth=2)
        .encode(
            x=alt.X("lines:Q", title="Invoice lines", scale=log_scale(frame["lines"]), axis=log_axis(frame["lines"])),
            y=alt.Y("value:Q", title=title, scale=log_scale(frame["value"]), axis=log_axis(frame["value"])),
            color=alt.Color("way:N", scale=alt.Scale(domain=list(colors), range=list(colors.values())), legend=shown),
            strokeDash=dash,
        )
        .properties(width=WIDE / 2 - 30, height=300)
    )
