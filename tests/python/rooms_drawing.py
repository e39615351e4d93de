"""Draws the rooms of the project: `python rooms_drawing.py target/manifest.json docs/rooms.svg`.

Rooms follow each other down the page. An arrow down leads to the next one, and an arrow to the right to the marts. What
skips rooms goes round on the left; what leads back to a room before is dashed there. With `--check` nothing is written,
and a drawing that is not what the manifest says is an error.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import jinja2
from project_manifest import Project
from project_rooms import Edge, Rooms, room

MARTS = "marts"
ABOUT = {
    "staging/files": "every row of every file, as text",
    "staging/lines": "rows typed and cleaned; none is dropped",
    "intermediate/lines": "what each line is: sale, return, copy …",
    "intermediate/ledger": "lines added up by customer and day",
    "intermediate/customers": "features and RFM scores as of a date",
    "intermediate/model": "the fit; who is in which segment",
    "intermediate/history": "segments at the end of each month",
    "intermediate/quality": "how far the segments can be trusted",
    MARTS: "the public tables",
}

# Pixels. A letter is as wide as those of the fonts that the template asks for.
LETTER = 7.0
MARGIN, GAP, LINE, ENTRY, EXIT, TRACK, CORNER = 14.0, 40.0, 18.0, 23.0, 13.0, 14.0, 7.0
BOX_WIDTH, BOX_HEIGHT, MARTS_WIDTH = 310.0, 58.0, 190.0


@dataclass(frozen=True)
class Box:
    """A rectangle with text: the name and the size of a room, and a line on what it is for."""

    x: float
    y: float
    width: float
    height: float
    name: str
    size: str
    about: str
    color: str

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True)
class Arrow:
    """A path with the name of the table that is read most, which begins at a point or ends there."""

    path: str
    x: float
    y: float
    anchor: str
    edge: Edge
    kind: str = "forward"

    @property
    def label(self) -> str:
        return label(self.edge)


@dataclass(frozen=True)
class Way:
    """A way round on the left: the edges from one room to those behind the next, or one that leads back."""

    edges: tuple[Edge, ...]
    begin: int
    ends: tuple[int, ...]

    @property
    def leads_back(self) -> bool:
        return self.ends[0] < self.begin


def label(edge: Edge) -> str:
    """Return the table that is read most, and how many others there are."""
    return edge.tables[0] + (f" +{len(edge.tables) - 1}" if len(edge.tables) > 1 else "")


def ways_round(rooms: Rooms, rows: list[str]) -> list[Way]:
    """Return the ways on the left, the one beside the boxes first, so that as few lines cross as can be.

    Parameters
    ----------
    rooms : Rooms
        Those of the project.
    rows : list of str
        Rooms down the page.
    """
    found = []
    for begin, name in enumerate(rows):
        behind = [e for e in rooms.edges if e.source == name and e.target in rows[begin + 2 :]]
        before = [e for e in rooms.edges if e.source == name and e.target in rows[:begin]]
        for edges in filter(None, [behind, *([edge] for edge in before)]):
            edges = sorted(edges, key=lambda edge: rows.index(edge.target))
            found.append(Way(tuple(edges), begin, tuple(rows.index(edge.target) for edge in edges)))

    def crossings(ways: Iterable[Way]) -> int:
        # A way goes out below where others come in.
        return sum(
            min(near.begin + 0.5, *near.ends) < height < max(near.begin + 0.5, *near.ends)
            for near, far in itertools.combinations(ways, 2)
            for height in (far.begin + 0.6, *(end + 0.1 for end in far.ends))
        )

    return list(min(itertools.permutations(found), key=crossings))


def marts_by_row(project: Project, rows: list[str]) -> list[list[str]]:
    """Return for each room the marts that need it and none behind it."""
    models = project.of_type("model")

    def last(key: str) -> int:
        if room(models[key]) in rows:
            return rows.index(room(models[key]))
        return max((last(parent) for parent in models[key]["depends_on"]["nodes"] if parent in models), default=0)

    marts = {model["name"]: last(key) for key, model in models.items() if room(model) == MARTS}
    return [sorted(name for name, row in marts.items() if row == number) for number in range(len(rows))]


def draw(project: Project) -> str:
    """Return the drawing of a project's rooms, as SVG.

    Raises
    ------
    ValueError
        If what a room is for is not said, or said of one that is not there.
    """
    rooms = Rooms(project)
    if set(rooms.models) != set(ABOUT):
        raise ValueError(
            f"Say in {Path(__file__).name} what each room is for: {sorted(set(rooms.models) ^ set(ABOUT))}"
        )
    rows = [name for name in rooms.order if name != MARTS]
    ways, marts = ways_round(rooms, rows), marts_by_row(project, rows)
    entries = [sorted((w for w in ways if row in w.ends), key=lambda w: w.leads_back) for row in range(len(rows))]
    exits = [[w for w in ways if w.begin == row] for row in range(len(rows))]

    def box(name: str, x: float, y: float, width: float, height: float) -> Box:
        languages = [model["language"] for model in rooms.models[name]]
        counts = (("SQL", languages.count("sql")), ("Python", languages.count("python")))
        size = ", ".join(f"{count} {language}" for language, count in counts if count)
        color = rooms.models[name][0]["config"]["docs"]["node_color"]
        return Box(x, y, width, height, name, size, ABOUT[name], color)

    round_labels = max((len(label(edge)) for way in ways for edge in way.edges), default=0) * LETTER
    right_labels = max((len(label(edge)) for edge in rooms.edges if edge.target == MARTS), default=0) * LETTER
    left = MARGIN + TRACK * len(ways) + round_labels + 30
    boxes: list[Box] = []
    y = MARGIN + BOX_HEIGHT + GAP
    for row, name in enumerate(rows):
        beside = ENTRY * len(entries[row]) + EXIT * len(exits[row]) + 4, LINE * (len(marts[row]) + 1) - GAP
        boxes.append(box(name, left, y, BOX_WIDTH, max(BOX_HEIGHT, *beside)))
        y = boxes[-1].bottom + GAP
    right = left + BOX_WIDTH
    public = box(MARTS, right + right_labels + 34, MARGIN, MARTS_WIDTH, boxes[-1].bottom - MARGIN)

    def middle(row: int) -> float:
        return boxes[row].y + boxes[row].height / 2

    def entry(way: Way, row: int) -> float:
        return boxes[row].y + ENTRY * (entries[row].index(way) + 1) - 2

    def exit_of(way: Way) -> float:
        return boxes[way.begin].bottom - 10 - EXIT * exits[way.begin].index(way)

    arrows = []
    for number, way in enumerate(ways):
        track, begin = left - round_labels - 30 - TRACK * number, exit_of(way)
        turn = -CORNER if way.leads_back else CORNER
        path = f"M{left:g} {begin:g} H{track + CORNER:g} Q{track:g} {begin:g} {track:g} {begin + turn:g}"
        for edge, row in zip(way.edges, way.ends, strict=True):
            end = entry(way, row)
            path += f" V{end - turn:g} Q{track:g} {end:g} {track + CORNER:g} {end:g} H{left - 4:g}"
            arrows.append(Arrow(path, left - 14, end - 5, "end", edge, "feedback" if way.leads_back else "forward"))
            # The next one goes on from the corner.
            path = f"M{track:g} {end - turn:g}"
    for row, edge in ((rows.index(edge.source), edge) for edge in rooms.edges if edge.source in rows):
        if edge.target == MARTS:
            path = f"M{right:g} {middle(row):g} H{public.x - 4:g}"
            arrows.append(Arrow(path, right + 8, middle(row) - 5, "start", edge))
        elif edge.target in rows[row + 1 : row + 2]:
            x = left + BOX_WIDTH / 2
            path = f"M{x:g} {boxes[row].bottom:g} V{boxes[row + 1].y - 4:g}"
            arrows.append(Arrow(path, x + 10, boxes[row].bottom + GAP / 2 + 3, "start", edge))

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["px"] = lambda number: f"{number:g}"
    return environment.get_template("rooms.svg.j2").render(
        boxes=boxes,
        public=public,
        marts=[(middle(row), names) for row, names in enumerate(marts)],
        arrows=arrows,
        readers=sorted(exposure["label"].lower() for exposure in project.exposures.values()),
        files=Box(left, MARGIN, BOX_WIDTH, BOX_HEIGHT, "", "", "", ""),
        published=Box(public.x, public.bottom + GAP, MARTS_WIDTH, BOX_HEIGHT, "", "", "", ""),
        width=public.x + public.width + MARGIN,
        height=public.bottom + GAP + BOX_HEIGHT + MARGIN,
        line=LINE,
        margin=MARGIN,
    )


def main() -> str | None:
    """Write the drawing, or compare it with what is there."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("manifest", type=Path)
    arguments.add_argument("drawing", type=Path)
    arguments.add_argument("--check", action="store_true")
    given = arguments.parse_args()
    drawn = draw(Project(json.loads(given.manifest.read_text(encoding="utf-8"))))
    if not given.check:
        given.drawing.write_text(drawn, encoding="utf-8")
    elif not given.drawing.exists() or given.drawing.read_text(encoding="utf-8") != drawn:
        return f"{given.drawing} is not what the models say: run `make rooms`."
    return None


if __name__ == "__main__":
    sys.exit(main())
