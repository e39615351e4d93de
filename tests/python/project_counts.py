"""Counts what the size of the project is judged by: `python project_counts.py target/manifest.json`."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path

from project_manifest import Project
from project_rooms import Rooms
from project_rules import DISPATCHED

# SQL that looks into a sentence: a pattern of more than one word.
ON_SENTENCES = re.compile(r"\blike\s+'[^'{]*\w[^'{]*\s[^'{]*'", re.IGNORECASE)


def longest_path(project: Project) -> int:
    """Return how many models the longest path through the graph goes through."""
    models = project.of_type("model")

    @cache
    def length(key: str) -> int:
        return 1 + max((length(parent) for parent in models[key]["depends_on"]["nodes"] if parent in models), default=0)

    return max(map(length, models))


def called_from_one_file(project: Project) -> list[str]:
    """Return the files of macros whose names one other file of SQL has, and no more."""
    names: dict[str, set[str]] = {}
    words: dict[str, set[str]] = {}
    for macro in project.macros.values():
        path = macro["original_file_path"]
        words.setdefault(path, set()).update(re.findall(r"\w+", macro["macro_sql"]))
        if path.startswith("macros/"):
            names.setdefault(path, set()).add(DISPATCHED.sub("", macro["name"]))
    for node in project.nodes.values():
        if node.get("language") == "sql" and node["resource_type"] != "operation":
            words.setdefault(node["original_file_path"], set()).update(re.findall(r"\w+", node["raw_code"]))
    return sorted(
        path for path, own in names.items() if sum(bool(own & words[other]) for other in words if other != path) == 1
    )


def counts(project: Project) -> list[tuple[str, int]]:
    """Return what is counted, and how much of it there is."""
    models = project.of_type("model")
    languages = Counter(model["language"] for model in models.values())
    code = {key: model["raw_code"] for key, model in models.items()}
    macros = Counter(
        Path(path).parent.as_posix() for path in {m["original_file_path"] for m in project.macros.values()}
    )
    python = [text for key, text in code.items() if models[key]["language"] == "python"]
    return [
        ("models", len(models)),
        ("models in SQL", languages["sql"]),
        ("models in Python", languages["python"]),
        *((f"models of {name}", len(found)) for name, found in sorted(Rooms(project).models.items())),
        ("models on the longest path through the graph", longest_path(project)),
        *((f"files in {folder}", number) for folder, number in sorted(macros.items()) if folder.startswith("macros")),
        ("files of macros that one file calls", len(called_from_one_file(project))),
        ("data tests of a build", len(project.of_type("test"))),
        ("unit tests of a build", len(project.unit_tests)),
        ("patterns on sentences in models", sum(len(ON_SENTENCES.findall(text)) for text in code.values())),
        ("lines of models in Python", sum(len(text.splitlines()) for text in python)),
    ]


if __name__ == "__main__":
    project = Project(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    for what, number in counts(project):
        print(f"{number:6} {what}")
