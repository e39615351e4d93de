"""Fonts, axes and sizes of all charts."""

from __future__ import annotations

from typing import Any

import altair as alt

from segmentation_charts import formats
from segmentation_charts.theme import LIGHT, NEUTRAL, Ink

# Same widths as Arial and Helvetica, so that a drawing fits whichever a machine has.
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"

# Widths of a chart in pixels: of a page or a slide, and of a phone.
WIDE, NARROW = 760, 340


def styled(chart: alt.TopLevelMixin, ink: Ink = LIGHT) -> Any:
    """Return a chart in the visual language.

    Parameters
    ----------
    chart : Chart
        Made by a function of this package: it names no colour of text or axes itself.
    ink : Ink, default LIGHT
    """
    text = {"labelColor": ink.text, "titleColor": ink.text, "labelFontSize": 12, "titleFontSize": 12}
    axis = {
        **text,
        "domainColor": ink.muted,
        "tickColor": ink.muted,
        "gridColor": ink.grid,
        "titleFontWeight": "normal",
        "labelLimit": 220,
    }
    locale = formats.locale()
    in_style: Any = {"locale": {"number": locale}} if locale else {}
    return chart.configure(
        background=ink.background,
        **in_style,
        font=FONT,
        # Labels of single marks would name columns; the figure as a whole has its caption.
        aria=False,
        autosize={"type": "fit", "contains": "padding"},
        padding=6,
        view={"stroke": None},
        axis=axis,
        axisBand={"grid": False, "domain": False, "ticks": False},
        header={**text, "titleFontSize": 13, "labelFontSize": 13, "labelFontWeight": "bold"},
        legend={
            **text,
            "orient": "top",
            "labelLimit": 220,
            "titleLimit": 320,
            "titleFontWeight": "normal",
            "symbolStrokeWidth": 2,
        },
        title={"color": ink.text, "subtitleColor": ink.text, "anchor": "start", "fontSize": 13},
        text={"color": ink.text, "fontSize": 12},
        rule={"color": ink.text},
        # What a chart draws without a colour of its own is of everybody, and of no segment.
        bar={"color": NEUTRAL},
        rect={"color": NEUTRAL},
        line={"color": NEUTRAL},
        point={"color": NEUTRAL, "filled": True},
    )
