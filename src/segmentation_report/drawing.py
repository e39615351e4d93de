"""Charts as SVG for the page, and as PNG and SVG files for slides; all offline."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import altair as alt
import vl_convert

from segmentation_charts.style import WIDE, styled
from segmentation_charts.theme import LIGHT, Ink
from segmentation_report.parts import Figure

# Stand in the drawing for what the page decides: light, dark or print.
_PLACEHOLDERS = Ink("#010203", "#010204", "#010205", "transparent")
_VARIABLES = {
    _PLACEHOLDERS.text: "var(--ink)",
    _PLACEHOLDERS.muted: "var(--muted)",
    _PLACEHOLDERS.grid: "var(--grid)",
}
_TAG = re.compile(r"<[^>]*>")
_LONG_NUMBER = re.compile(r"(-?\d+\.\d\d)\d+")
_REFERENCE = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
# What the renderer says of single marks: the figure as a whole has a name and a caption.
_MARK_ROLES = re.compile(r' (role|aria-[a-z]+)="[^"]*"')
_CAPTION_WIDTH = 118


def inline_svg(figure: Figure, width: float) -> str:
    """Return a figure as an SVG element whose ink and grid follow the page.

    Parameters
    ----------
    figure : Figure
    width : float
        In pixels.
    """
    # Names of clips and gradients hold for the whole page.
    svg = _svg(styled(figure.draw(width), _PLACEHOLDERS), f"{figure.name}-{width:.0f}")
    for placeholder, variable in _VARIABLES.items():
        svg = svg.replace(f'"{placeholder}"', f'"{variable}"')
    return svg


def write_slides(figure: Figure, folder: Path) -> None:
    """Write a figure with its title and caption as <name>.svg and <name>.png, twice as fine as a screen.

    Parameters
    ----------
    figure : Figure
    folder : Path
        Is there already.
    """
    caption = textwrap.wrap(figure.caption, _CAPTION_WIDTH)
    title = alt.TitleParams(text=figure.title, subtitle=caption, fontSize=17, subtitleFontSize=12, offset=14)
    chart = figure.draw(WIDE)
    height = getattr(chart, "height", None)
    if isinstance(height, int | float):
        # The title takes its room from the height.
        chart = chart.properties(height=height + 36 + 15 * len(caption))
    svg = _svg(styled(chart.properties(title=title), LIGHT), figure.name)
    (folder / f"{figure.name}.svg").write_text(svg, encoding="utf-8")
    (folder / f"{figure.name}.png").write_bytes(vl_convert.svg_to_png(svg, scale=2))


def _svg(chart: alt.TopLevelMixin, name: str) -> str:
    specification = chart.to_json(validate=alt.utils.schemapi.DEBUG_MODE)
    svg = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
    # The renderer numbers clips and gradients on and on: a drawing should not depend on those before it.
    numbers: dict[str, str] = {}

    def rename(found: re.Match[str]) -> str:
        numbers.setdefault(found[2], f"{name}-{len(numbers) + 1}")
        return found[1] + numbers[found[2]]

    def clean(tag: re.Match[str]) -> str:
        return _REFERENCE.sub(rename, _MARK_ROLES.sub("", _LONG_NUMBER.sub(r"\1", tag[0])))

    return _TAG.sub(clean, svg)
