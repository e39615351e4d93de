"""Writes the report of a snapshot to a folder."""

from __future__ import annotations

from pathlib import Path

from segmentation_charts.published import Snapshot
from segmentation_report.drawing import write_slides
from segmentation_report.page import render
from segmentation_report.parts import Section
from segmentation_report.sections import (
    attributes,
    campaigns,
    lines,
    measures,
    model,
    movement,
    products,
    segments,
    value,
)


def sections(snapshot: Snapshot) -> list[Section]:
    """Return the sections of the report, in order."""
    modules = (segments, attributes, products, value, campaigns, movement, measures, model, lines)
    return [module.section(snapshot) for module in modules]


def write_report(snapshot: Snapshot, folder: Path) -> Path:
    """Write report.html, and figures/<name>.svg and .png; the same snapshot gives the same bytes.

    Parameters
    ----------
    snapshot : Snapshot
    folder : Path
        Made where it is not there. Figures of an earlier report in it are removed.

    Returns
    -------
    Path
        Of the page.
    """
    parts = sections(snapshot)
    figures = folder / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    for pattern in ("*.svg", "*.png"):
        for old in figures.glob(pattern):
            old.unlink()
    for section in parts:
        for figure in section.figures:
            write_slides(figure, figures)
    page = folder / "report.html"
    page.write_text(render(snapshot, parts), encoding="utf-8")
    return page
