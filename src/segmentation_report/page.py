"""The HTML page: one file, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup

from segmentation_charts import formats
from segmentation_charts.frames.campaigns import of_segment
from segmentation_charts.frames.segments import current_colors, profiles
from segmentation_charts.published import Snapshot
from segmentation_charts.style import NARROW, WIDE
from segmentation_report.drawing import inline_svg
from segmentation_report.findings import findings, span
from segmentation_report.parts import Figure, Note, Section, Table

_FOLDER = Path(__file__).parent


def render(snapshot: Snapshot, sections: Sequence[Section]) -> str:
    """Return the page. What comes from the data is escaped by the template.

    Parameters
    ----------
    snapshot : Snapshot
    sections : sequence of Section
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests |= {
        "figure": lambda part: isinstance(part, Figure),
        "table": lambda part: isinstance(part, Table),
        "note": lambda part: isinstance(part, Note),
    }
    return environment.get_template("page.html.j2").render(
        # Of this package, and not of the data.
        style=Markup((_FOLDER / "page.css").read_text(encoding="utf-8")),  # noqa: S704
        as_of=span(snapshot),
        version=snapshot.version,
        findings=findings(snapshot),
        segments=_segments(snapshot),
        sections=sections,
        wide=lambda figure: _drawing(figure, WIDE),
        narrow=lambda figure: _drawing(figure, NARROW),
    )


def _drawing(figure: Figure, width: float) -> Markup:
    # The renderer escapes every text of the drawing.
    return Markup(inline_svg(figure, width))  # noqa: S704


def _segments(snapshot: Snapshot) -> list[dict[str, str | None]]:
    colors = current_colors(snapshot)
    return [
        {
            "name": row["segment"],
            "color": colors[row["segment"]],
            "customers": formats.count(row["customers"]),
            "customer_share": formats.share(row["customer_share"]),
            "revenue_share": formats.share(row["revenue_share"]),
            "explanation": formats.prose(row["explanation"]),
            "action": row["recommended_action"],
            "goal": row["goal"],
            "campaigns": of_segment(row, snapshot.currency),
            "holdout": formats.share(row["holdout_share"], 0),
        }
        for row in profiles(snapshot).to_dict("records")
    ]
