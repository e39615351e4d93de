"""Draws the rooms of the project: `python rooms_drawing.py target/manifest.json docs/rooms.svg`.

Rooms follow each other down the page. An arrow down leads to the next one, and an arrow to the right to the marts. What
skips rooms goes round on the left; what leads back to a room before is dashed there. With `--check` nothing is written,
and a drawing that is not what the manifest says is an error.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
from project_manifest import Project
from project_rooms import Edge, Rooms, layer_or_room

MARTS = "marts"
ABOUT = {
    "staging/files": "every row of every file, as text",
    "staging/lines": "rows typed and cleaned; none is dropped",
    "staging/campaigns": "who was sent what, and who was not",
    "staging/attributes": "what is known of customers besides",
    "intermediate/deliveries": "which file's order holds",
    "intermediate/evidence": "what speaks for how files are read",
    "intermediate/lines": "what each line is: sale, return, copy …",
    "intermediate/ledger": "lines added up by customer and day",
    "intermediate/customers": "features and RFM scores as of a date",
    "intermediate/model": "the fit; who is in which segment",
    "intermediate/value": "what customers will buy and are worth",
    "intermediate/campaigns": "what campaigns did, and if it is chance",
    "intermediate/products": "what segments buy, what goes together, and what to offer",
    "intermediate/attributes": "who the customers of segments are",
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
    """A rectangle; for a room with its name, how many models it has, what it is for and the colour of its layer."""

    x: float
    y: float
    width: float
    height: float
    name: str = ""
    size: str = ""
    about: str = ""
    color: str = ""

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


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


def width_of(edges: Iterable[Edge]) -> float:
    """Return the width of the longest label, in pixels."""
    return LETTER * max((len(label(edge)) for edge in edges), default=0)


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

    def crossings(near: Way, far: Way) -> int:
        # A way goes out below where others come in.
        return sum(
            min(near.begin + 0.5, *near.ends) < height < max(near.begin + 0.5, *near.ends)
            for height in (far.begin + 0.6, *(end + 0.1 for end in far.ends))
        )

    # Each set of ways is put in order once, however many orders the others have.
    @functools.cache
    def in_order(ways: frozenset[Way]) -> tuple[int, tuple[Way, ...]]:
        tried = []
        for near in (way for way in found if way in ways):
            others, order = in_order(ways - {near})
            tried.append((others + sum(crossings(near, far) for far in order), (near, *order)))
        return min(tried, key=lambda one: one[0], default=(0, ()))

    return list(in_order(frozenset(found))[1])


def marts_by_row(project: Project, rows: list[str]) -> list[list[str]]:
    """Return for each room the marts that need it and none behind it."""
    models = project.of_type("model")

    def last(key: str) -> int:
        if layer_or_room(models[key]) in rows:
            return rows.index(layer_or_room(models[key]))
        return max((last(parent) for parent in models[key]["depends_on"]["nodes"] if parent in models), default=0)

    marts = {model["name"]: last(key) for key, model in models.items() if layer_or_room(model) == MARTS}
    return [sorted(name for name, row in marts.items() if row == number) for number in range(len(rows))]


class Layout:
    """Where everything is on the page.

    Parameters
    ----------
    project : Project
        What dbt's manifest says.
    """

    def __init__(self, project: Project) -> None:
        self.rooms = Rooms(project, layer_or_room)
        self.rows = [name for name in self.rooms.order if name != MARTS]
        self.ways = ways_round(self.rooms, self.rows)
        self.marts = marts_by_row(project, self.rows)
        numbers = range(len(self.rows))
        self.entries = [sorted((w for w in self.ways if n in w.ends), key=lambda w: w.leads_back) for n in numbers]
        self.exits = [[way for way in self.ways if way.begin == n] for n in numbers]
        around = [edge for way in self.ways for edge in way.edges]
        self.first_track = MARGIN + TRACK * max(len(self.ways) - 1, 0)
        self.left = self.first_track + width_of(around) + 30
        self.right = self.left + BOX_WIDTH
        self.files = Box(self.left, MARGIN, BOX_WIDTH, BOX_HEIGHT)
        self.boxes: list[Box] = []
        for n in numbers:
            beside = ENTRY * len(self.entries[n]) + EXIT * len(self.exits[n]) + 4
            # The names of the marts may go on beside the gap; behind the last room there is none.
            named = LINE * (len(self.marts[n]) + 1) - (GAP if n < numbers[-1] else 0)
            y = (self.boxes[-1] if self.boxes else self.files).bottom + GAP
            self.boxes.append(self._box(self.rows[n], self.left, y, BOX_WIDTH, max(BOX_HEIGHT, beside, named)))
        into_marts = [edge for edge in self.rooms.edges if edge.target == MARTS]
        x = self.right + width_of(into_marts) + 34
        self.public = self._box(MARTS, x, MARGIN, MARTS_WIDTH, self.boxes[-1].bottom - MARGIN)
        self.published = Box(x, self.public.bottom + GAP, MARTS_WIDTH, BOX_HEIGHT)

    def arrows(self) -> list[Arrow]:
        """Return all arrows between rooms."""
        found = [arrow for number, way in enumerate(self.ways) for arrow in self._around(number, way)]
        for edge in self.rooms.edges:
            if edge.source not in self.rows:
                continue
            row = self.rows.index(edge.source)
            box = self.boxes[row]
            if edge.target == MARTS:
                path = f"M{self.right:g} {box.middle:g} H{self.public.x - 4:g}"
                found.append(Arrow(path, self.right + 8, box.middle - 5, "start", edge))
            elif edge.target in self.rows[row + 1 : row + 2]:
                x = self.left + BOX_WIDTH / 2
                path = f"M{x:g} {box.bottom:g} V{self.boxes[row + 1].y - 4:g}"
                found.append(Arrow(path, x + 10, box.bottom + GAP / 2 + 3, "start", edge))
        return found

    def _around(self, number: int, way: Way) -> Iterator[Arrow]:
        track = self.first_track - TRACK * number
        turn = -CORNER if way.leads_back else CORNER
        begin = self.boxes[way.begin].bottom - 10 - EXIT * self.exits[way.begin].index(way)
        path = f"M{self.left:g} {begin:g} H{track + CORNER:g} Q{track:g} {begin:g} {track:g} {begin + turn:g}"
        for edge, row in zip(way.edges, way.ends, strict=True):
            end = self.boxes[row].y + ENTRY * (self.entries[row].index(way) + 1) - 2
            path += f" V{end - turn:g} Q{track:g} {end:g} {track + CORNER:g} {end:g} H{self.left - 4:g}"
            yield Arrow(path, self.left - 14, end - 5, "end", edge, "feedback" if way.leads_back else "forward")
            # The next one goes on from the corner.
            path = f"M{track:g} {end - turn:g}"

    def _box(self, name: str, x: float, y: float, width: float, height: float) -> Box:
        models = self.rooms.models[name]
        languages = [model["language"] for model in models]
        counts = (("SQL", languages.count("sql")), ("Python", languages.count("python")))
        size = ", ".join(f"{count} {language}" for language, count in counts if count)
        return Box(x, y, width, height, name, size, ABOUT[name], models[0]["config"]["docs"]["node_color"])


def draw(project: Project) -> str:
    """Return the drawing of a project's rooms, as SVG.

    Raises
    ------
    ValueError
        If what a room is for is not said, or said of one that is not there.
    """
    unsaid = {layer_or_room(model) for model in project.of_type("model").values()} ^ set(ABOUT)
    if unsaid:
        raise ValueError(f"Say in {Path(__file__).name} what each room is for: {sorted(unsaid)}")
    layout = Layout(project)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["px"] = lambda number: f"{number:g}"
    return environment.get_template("rooms.svg.j2").render(
        boxes=layout.boxes,
        public=layout.public,
        marts=[(box.middle, names) for box, names in zip(layout.boxes, layout.marts, strict=True)],
        arrows=layout.arrows(),
        readers=sorted(exposure["label"].lower() for exposure in project.exposures.values()),
        files=layout.files,
        published=layout.published,
        width=layout.public.x + layout.public.width + MARGIN,
        height=layout.published.bottom + MARGIN,
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
