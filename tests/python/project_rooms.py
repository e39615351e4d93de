"""The rooms of the project: its folders of models, and which table leads from one to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from project_manifest import Project, Thing


def room(model: Thing) -> str:
    """Return the folder of a model, which models/ and python_models/ share: intermediate/ledger."""
    return "/".join(model["fqn"][1:-1])


def layer_or_room(model: Thing) -> str:
    """Return the same, but for the marts, whose folders hold what readers see and nothing that leads on: marts."""
    return "marts" if model["fqn"][1] == "marts" else room(model)


@dataclass(frozen=True)
class Edge:
    """What one room reads of another.

    Parameters
    ----------
    source, target : str
        Rooms.
    tables : tuple of str
        The models of the source that models of the target read: the most read first, of those the shortest name.
    reads : int
        How often they are read.
    """

    source: str
    target: str
    tables: tuple[str, ...]
    reads: int


class Rooms:
    """The rooms of a project, in the order in which a build goes through them.

    Parameters
    ----------
    project : Project
        What dbt's manifest says.
    room_of : function, default room
        The room of a model.
    """

    def __init__(self, project: Project, room_of: Callable[[Thing], str] = room) -> None:
        self.models: dict[str, list[Thing]] = {}
        reads: dict[tuple[str, str], Counter[str]] = {}
        models = project.of_type("model")
        for _, model in sorted(models.items()):
            self.models.setdefault(room_of(model), []).append(model)
            for parent in set(model["depends_on"]["nodes"]) & models.keys():
                ends = room_of(models[parent]), room_of(model)
                if ends[0] != ends[1]:
                    reads.setdefault(ends, Counter())[models[parent]["name"]] += 1
        self.edges = [
            Edge(*ends, tuple(sorted(tables, key=lambda name: (-tables[name], len(name), name))), tables.total())
            for ends, tables in sorted(reads.items())
        ]

    @cached_property
    def feedback(self) -> list[Edge]:
        """Edges by which a room reads what a later one makes: as few reads as any order of the rooms leaves."""
        return [edge for edge in self.edges if self._place[edge.source] > self._place[edge.target]]

    @cached_property
    def order(self) -> list[str]:
        """Rooms by the longest way to them without feedback."""
        layers: dict[str, int] = {}
        for name in sorted(self.models, key=self._place.__getitem__):
            behind = [edge.source for edge in self.edges if edge.target == name and edge not in self.feedback]
            layers[name] = max((layers[source] + 1 for source in behind), default=0)
        return sorted(layers, key=lambda name: (layers[name], name))

    @cached_property
    def _place(self) -> dict[str, int]:
        """Where each room is in an order in which the fewest tables are read before they are made.

        The best order of each set of rooms is that of a set with one room less, and this room behind it.
        """
        names = sorted(self.models)
        best: dict[frozenset[str], tuple[int, tuple[str, ...]]] = {frozenset(): (0, ())}
        for _ in names:
            longer: dict[frozenset[str], tuple[int, tuple[str, ...]]] = {}
            for placed, (cost, order) in best.items():
                for name in (name for name in names if name not in placed):
                    early = sum(edge.reads for edge in self.edges if edge.source == name and edge.target in placed)
                    found = (cost + early, (*order, name))
                    longer[placed | {name}] = min(found, longer.get(placed | {name}, found))
            best = longer
        ((_, order),) = best.values()
        return {name: place for place, name in enumerate(order)}
