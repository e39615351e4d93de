"""The rooms of a project are put in order, drawn as the manifest has them, and counted."""

from __future__ import annotations

from typing import Any

import project_counts
import pytest
import rooms_drawing
from project_manifest import Project
from project_rooms import Rooms

Thing = dict[str, Any]


def manifest(reads: dict[str, list[str]]) -> Thing:
    """A manifest of models, each named by its room and its name, with those that it reads."""

    def key(name: str) -> str:
        return f"model.segmentation.{name.rpartition('/')[2]}"

    nodes = {
        key(name): {
            "name": name.rpartition("/")[2],
            "resource_type": "model",
            "package_name": "segmentation",
            "fqn": ["segmentation", *name.split("/")],
            "language": "sql",
            "original_file_path": f"models/{name}.sql",
            "raw_code": "select * from t where reason like 'too few%' or reason like 'chosen' or name like 'too few%'",
            "config": {"docs": {"node_color": "#123456"}},
            "depends_on": {"nodes": [key(parent) for parent in parents]},
        }
        for name, parents in reads.items()
    }
    kinds = ("macros", "docs", "sources", "exposures", "metrics", "semantic_models", "unit_tests")
    return {"nodes": nodes, "child_map": {}} | {kind: {} for kind in kinds}


def test_rooms_are_in_the_order_of_a_build() -> None:
    rooms = Rooms(Project(manifest({"z/one": [], "a/two": ["z/one"], "b/three": ["z/one"], "marts/four": ["b/three"]})))
    assert rooms.order == ["z", "a", "b", "marts"]
    assert rooms.feedback == []


def test_what_leads_back_is_what_is_read_least() -> None:
    reads = {"a/one": [], "b/two": ["a/one"], "b/three": ["a/one"], "a/four": ["b/two"], "c/five": ["a/four"]}
    rooms = Rooms(Project(manifest(reads)))
    assert rooms.order == ["a", "b", "c"]
    assert [(edge.source, edge.target) for edge in rooms.feedback] == [("b", "a")]


def test_the_table_that_is_read_most_is_first() -> None:
    reads = {"a/one": [], "a/two": [], "b/three": ["a/two"], "b/four": ["a/two", "a/one"]}
    (edge,) = Rooms(Project(manifest(reads))).edges
    assert (edge.tables, edge.reads) == (("two", "one"), 3)


def test_the_drawing_changes_with_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms_drawing, "ABOUT", dict.fromkeys(("a", "b", "c", "marts"), "about it"))
    reads = {"a/one": [], "b/two": ["a/one"], "c/three": ["a/one", "b/two"], "marts/four": ["c/three"]}
    drawn = rooms_drawing.draw(Project(manifest(reads)))
    assert "a to c: one" in drawn
    assert 'class="feedback"' not in drawn
    assert rooms_drawing.draw(Project(manifest(reads | {"marts/five": ["a/one"]}))) != drawn
    assert 'class="feedback"' in rooms_drawing.draw(
        Project(manifest(reads | {"a/six": ["b/two"], "b/seven": ["a/one"]}))
    )
    with pytest.raises(ValueError, match=r"what each room is for: \['d'\]"):
        rooms_drawing.draw(Project(manifest(reads | {"d/eight": []})))


def test_the_project_is_counted() -> None:
    given = manifest({"a/one": [], "b/two": ["a/one"], "b/three": ["a/one"], "c/four": ["b/two", "a/one"]})
    for name, calls in {
        "used_once": "",
        "used_twice": "",
        "first": "used_once used_twice",
        "second": "used_twice",
    }.items():
        given["macros"][name] = {
            "name": name,
            "package_name": "segmentation",
            "original_file_path": f"macros/checks/{name}.sql",
            "macro_sql": f"{{% macro {name}() %}}{calls}{{% endmacro %}}",
        }
    counted = {what: number for what, number in project_counts.counts(Project(given)) if number}
    assert counted == {
        "models": 4,
        "models in SQL": 4,
        "models of a": 1,
        "models of b": 2,
        "models of c": 1,
        "models on the longest path through the graph": 3,
        "files in macros/checks": 4,
        "files of macros that one file calls": 1,
        "patterns on sentences in models": 8,
    }
